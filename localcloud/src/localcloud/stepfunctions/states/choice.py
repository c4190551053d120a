"""Choice: goes where the first true Condition points, or to Default."""

from __future__ import annotations

from dataclasses import dataclass, replace

from localcloud.stepfunctions.errors import StateError
from localcloud.stepfunctions.expressions import Template, is_expression
from localcloud.stepfunctions.fields import Fields
from localcloud.stepfunctions.frame import Frame
from localcloud.stepfunctions.states.state import ParseContext, State
from localcloud.stepfunctions.transition import (
    Step,
    Target,
    Transition,
    read_target,
    read_transition,
)


@dataclass(frozen=True)
class Rule:
    condition: Template
    transition: Transition


@dataclass(frozen=True)
class Choice(State):
    rules: list[Rule]
    default: Transition | None

    type_name = "Choice"

    @classmethod
    def parse(cls, context: ParseContext) -> Choice:
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
    fields.require("Condition", "Next")
    value = fields.take("Condition")
    condition = None
    if isinstance(value, bool) or is_expression(value):
        condition = fields.compile("Condition", value)
    else:
        message = "The field 'Condition' should be a JSONata expression or a boolean"
        fields.report("Condition", message)
    transition = read_transition(fields, targets)
    return Rule(condition, transition) if condition else None
