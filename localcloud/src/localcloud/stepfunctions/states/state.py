"""What all states have in common: entering, leaving, Assign and Output, Retry and Catch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from localcloud.stepfunctions.branch import Branch, Frame
from localcloud.stepfunctions.errors import Cancelled, CancelReason, StateError
from localcloud.stepfunctions.expressions import Scope, Template
from localcloud.stepfunctions.fields import Fields
from localcloud.stepfunctions.retry import Assign, Attempts, Catcher, Policy

# States that may be cut short, and have an event type for it.
_ABORTABLE = frozenset({"Task", "Wait", "Map", "Parallel"})


@dataclass(frozen=True)
class Step:
    """Where to go on, with what. ``assigned`` are the variables that this state sets."""

    output: Any
    next: str | None
    assigned: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Graph:
    """States of one scope: a machine's own, or those of a branch or an item processor."""

    start_at: str
    states: dict[str, State]


@dataclass(frozen=True)
class CommonFields:
    """Fields of any state. ``next`` is None at the end of its graph."""

    name: str
    next: str | None
    assign: Assign | None
    output: Template | None


@dataclass
class ParseContext:
    """What a state's parser gets: its fields, what is common, and how to read the graphs inside it.

    ``transitions`` collects (where it stands, which state it names).
    """

    fields: Fields
    common: CommonFields
    transitions: list[tuple[str, str]]
    machine_type: str
    graph: Callable[[Fields, bool], Graph]
    integration: Callable[[Fields], Any]


class State:
    kind: ClassVar[str]
    retries: ClassVar[bool] = False  # whether the context object has State.RetryCount

    def __init__(self, common: CommonFields) -> None:
        self.name = common.name
        self.next = common.next
        self.assign = common.assign
        self.output = common.output

    def enter(self, branch: Branch, data: Any) -> Step:
        frame = Frame(branch, self, data)
        engine = branch.execution.engine
        for observer in engine.observers:
            observer.before_state(branch.execution, self.name, data)
        try:
            step = self.run(frame)
        except Cancelled as cancelled:
            if cancelled.reason is CancelReason.SIBLING_FAILED and self.kind in _ABORTABLE:
                branch.record(f"{self.kind}StateAborted")
            raise
        branch.variables.update(step.assigned)
        details: dict[str, Any] = {"name": self.name, "output": step.output}
        if step.assigned:
            details["assignedVariables"] = step.assigned
        branch.record(f"{self.kind}StateExited", "stateExitedEventDetails", **details)
        for observer in engine.observers:
            observer.after_state(branch.execution, self.name, step.output)
        return step

    def run(self, frame: Frame) -> Step:
        raise NotImplementedError

    def leave(self, frame: Frame, default: Any, scope: Scope) -> Step:
        return leave(frame, self.assign, self.output, default, self.next, scope)


def leave(
    frame: Frame,
    assign: Assign | None,
    output: Template | None,
    default: Any,
    following: str | None,
    scope: Scope,
) -> Step:
    """Assign and Output see the same variables: those from before this state."""
    value = default if output is None else frame.evaluate(output, scope)
    if value is not frame.data:
        frame.checked(value, "Output")
    assigned = {}
    if assign is not None:
        assigned = {
            name: frame.evaluate(template, scope) for name, template in assign.variables.items()
        }
        frame.checked(assigned, "Assign")
    return Step(value, following, assigned)


def attempt(frame: Frame, policy: Policy, work: Callable[[], Step]) -> Step:
    """``work`` with the state's Retry and Catch around it."""
    branch = frame.branch
    attempts = Attempts(policy, branch.execution.engine.random_number)
    while True:
        try:
            return work()
        except StateError as error:
            delay = attempts.delay(error)
            if delay is not None:
                branch.sleep(delay)
                frame.retried()
                continue
            catcher = policy.catcher(error)
            if catcher is None:
                raise
            return _catch(frame, catcher, error)


def _catch(frame: Frame, catcher: Catcher, error: StateError) -> Step:
    caught = error.as_output()
    scope = frame.scope(errorOutput=caught)
    return leave(frame, catcher.assign, catcher.output, caught, catcher.next, scope)
