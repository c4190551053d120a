"""States that do no work of their own: Pass, Succeed, Fail, Wait, Choice, Parallel."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Self

from localcloud.stepfunctions.branch import Frame
from localcloud.stepfunctions.errors import StateError
from localcloud.stepfunctions.expressions import Constant, Template, is_expression
from localcloud.stepfunctions.fields import Fields
from localcloud.stepfunctions.quotas import MAX_SECONDS
from localcloud.stepfunctions.states.state import Graph, ParseContext, State
from localcloud.stepfunctions.states.task_group import TaskGroup
from localcloud.stepfunctions.transition import (
    Step,
    Target,
    Transition,
    read_target,
    read_transition,
)


class Pass(State):
    """Puts out its input, or its Output."""

    type_name = "Pass"

    def run(self, frame: Frame) -> Step:
        return self.leave(frame, frame.data, frame.scope())


class Succeed(Pass):
    type_name = "Succeed"


@dataclass(frozen=True)
class Fail(State):
    """Ends its graph with an error of its own."""

    error: Template | None
    cause: Template | None

    type_name = "Fail"

    @classmethod
    def parse(cls, context: ParseContext) -> Self:
        fields = context.fields
        return cls(context.common, fields.template("Error"), fields.template("Cause"))

    def run(self, frame: Frame) -> Step:
        raise StateError(_text(frame, self.error), _text(frame, self.cause))


def _text(frame: Frame, template: Template | None) -> str | None:
    if template is None:
        return None
    value = frame.evaluate(template)
    if not isinstance(value, str):
        raise frame.unexpected(template, "string", value)
    return value


@dataclass(frozen=True)
class Wait(State):
    """Waits for seconds, or until a time. Scaled by the clock."""

    seconds: Template | None
    timestamp: Template | None

    type_name = "Wait"

    @classmethod
    def parse(cls, context: ParseContext) -> Self:
        fields = context.fields
        if fields.has("Seconds") == fields.has("Timestamp"):
            fields.report_here("Exactly one of these fields is required: [Seconds, Timestamp]")
        seconds = fields.integer_template("Seconds", 0, MAX_SECONDS)
        timestamp = fields.template("Timestamp")
        if isinstance(timestamp, Constant) and parse_time(timestamp.value) is None:
            fields.report("Timestamp", "String does not match RFC3339 timestamp")
        return cls(context.common, seconds, timestamp)

    def run(self, frame: Frame) -> Step:
        frame.branch.sleep(self._duration(frame))
        return self.leave(frame, frame.data, frame.scope())

    def _duration(self, frame: Frame) -> float:
        if self.timestamp is None:
            return frame.number(self.seconds, 0, MAX_SECONDS) or 0.0
        value = frame.evaluate(self.timestamp)
        if (end := parse_time(value)) is None:
            raise frame.unexpected(self.timestamp, "timestamp", value)
        return max(0.0, end - frame.branch.execution.engine.clock.now())


def parse_time(value: object) -> float | None:
    """Epoch seconds of an RFC 3339 timestamp; the T must be upper-case, and the zone given."""
    # https://states-language.net/spec.html#timestamps
    if not isinstance(value, str) or "T" not in value:
        return None
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        return None
    return time.timestamp() if time.tzinfo else None


@dataclass(frozen=True)
class Rule:
    condition: Template
    transition: Transition


@dataclass(frozen=True)
class Choice(State):
    """Goes where the first true Condition points, or to Default."""

    rules: list[Rule]
    default: Transition | None

    type_name = "Choice"

    @classmethod
    def parse(cls, context: ParseContext) -> Self:
        fields, targets = context.fields, context.targets
        rules = [_read_rule(rule, targets) for rule in fields.required_objects("Choices")]
        target = read_target(fields, "Default", targets)
        default = replace(context.common.transition, next=target) if target else None
        return cls(context.common, [rule for rule in rules if rule], default)

    def run(self, frame: Frame) -> Step:
        scope = frame.scope()
        for rule in self.rules:
            value = frame.evaluate(rule.condition, scope)
            if not isinstance(value, bool):
                raise frame.unexpected(rule.condition, "boolean", value)
            if value:
                return rule.transition.follow(frame, frame.data, scope)
        if self.default is None:
            message = "Failed to transition out of the state. No choice rule matched."
            raise StateError("States.NoChoiceMatched", frame.locate(message))
        return self.default.follow(frame, frame.data, scope)


def _read_rule(fields: Fields, targets: list[Target]) -> Rule | None:
    has_condition = fields.require("Condition", "Next") or fields.has("Condition")
    value, condition = fields.take("Condition"), None
    if not has_condition:
        pass
    elif isinstance(value, bool) or is_expression(value):
        condition = fields.compile("Condition", value)
    else:
        fields.report_type("Condition", "a JSONata expression or a boolean")
    transition = read_transition(fields, targets)
    return Rule(condition, transition) if condition else None


@dataclass(frozen=True)
class Parallel(State):
    """Runs all branches at once; the results in order; the first that fails ends the others.

    In a redrive a branch that has ended returns its output again.
    """

    branches: list[Graph]
    arguments: Template | None

    type_name = "Parallel"

    @classmethod
    def parse(cls, context: ParseContext) -> Self:
        fields = context.fields
        graphs = [context.graph(branch, True) for branch in fields.required_objects("Branches")]
        return cls(context.common, graphs, fields.template("Arguments"))

    def run(self, frame: Frame) -> Step:
        branch = frame.branch
        data = frame.evaluate_arguments(self.arguments)
        frame.start("ParallelStateStarted")
        results: list[Any] = [None] * len(self.branches)
        with TaskGroup(branch) as group:

            def run_branch(index: int, graph: Graph) -> None:
                results[index] = group.follow(group.child_of(frame, index), graph, data)

            group.run([partial(run_branch, *pair) for pair in enumerate(self.branches)])
        branch.execution.history.record("ParallelStateSucceeded", branch.last_event_id)
        return self.leave_with(frame, results)
