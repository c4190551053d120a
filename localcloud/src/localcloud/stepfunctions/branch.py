"""One line of control through a graph of states. Parallel branches and Map iterations are branches
of a branch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localcloud.clock import iso
from localcloud.stepfunctions.cancel_scope import CancelScope
from localcloud.stepfunctions.errors import (
    QUERY_EVALUATION,
    Cancelled,
    CancelReason,
    StateError,
)
from localcloud.stepfunctions.expressions import EvaluationFailed, Scope, Template
from localcloud.stepfunctions.quotas import check_size, dumps

if TYPE_CHECKING:
    from localcloud.stepfunctions.execution import Execution
    from localcloud.stepfunctions.states.state import Graph, State


class Branch:
    """Where control stands: variables, the last event's id, and how much AWS time has passed."""

    def __init__(
        self,
        execution: Execution,
        cancel_scope: CancelScope,
        variables: dict[str, Any],
        previous: int = 0,
        skipped: float = 0.0,
        map_item: dict[str, Any] | None = None,
    ) -> None:
        self.execution = execution
        self.cancel_scope = cancel_scope
        self.variables = variables
        self.previous = previous
        self.skipped = skipped  # AWS seconds that scaled waits have left out on the way here
        self.map_item = map_item

    def inner(self, cancel_scope: CancelScope, map_item: dict[str, Any] | None = None) -> Branch:
        """A branch in an inner scope: it sees these variables, what it assigns stays inside."""
        return Branch(
            self.execution,
            cancel_scope,
            dict(self.variables),
            self.previous,
            self.skipped,
            map_item or self.map_item,
        )

    def run(self, graph: Graph, data: Any) -> Any:
        """Follow the graph from its start; the output of its last state."""
        name: str | None = graph.start_at
        while name is not None:
            self.check()
            step = graph.states[name].enter(self, data)
            data, name = step.output, step.next
        return data

    def record(self, kind: str, member: str | None = None, **details: Any) -> int:
        self.previous = self.execution.history.record(kind, self.previous, member, **details)
        return self.previous

    def check(self) -> None:
        """Raises Cancelled if the execution was stopped or its time is over."""
        self.cancel_scope.check()
        if self.remaining() <= 0:
            raise Cancelled(CancelReason.TIMED_OUT)

    def remaining(self) -> float:
        """AWS seconds that the execution still has."""
        return self.execution.deadline - self.execution.engine.clock.now() - self.skipped

    def sleep(self, seconds: float) -> None:
        """Wait in AWS time, which the clock may shorten. The execution's own time-out counts it in
        full.
        """
        clock = self.execution.engine.clock
        wait = min(seconds, self.remaining())
        before = clock.now()
        if wait > 0:
            clock.sleep(wait, self.cancel_scope.wake)
        self.cancel_scope.check()
        self.skipped += max(0.0, wait - (clock.now() - before))
        if wait < seconds:
            raise Cancelled(CancelReason.TIMED_OUT)


class Frame:
    """One stay in one state: what its expressions see, and the events that carry its name."""

    def __init__(self, branch: Branch, state: State, data: Any) -> None:
        self.branch = branch
        self.state = state
        self.data = data
        self.retries = 0
        self.entered_id = branch.record(
            f"{state.kind}StateEntered",
            "stateEnteredEventDetails",
            name=state.name,
            input=data,
        )
        self._entered = iso(branch.execution.engine.clock.now())
        self._scope: Scope | None = None

    def scope(self, **more: Any) -> Scope:
        """``$states`` with ``more`` (result or errorOutput) beside input and context."""
        scope = self._scope
        if scope is None:
            states = {"input": self.data, "context": self.context()}
            scope = self._scope = Scope(states, self.branch.variables)
        scope.states.pop("result", None)
        scope.states.pop("errorOutput", None)
        scope.states.update(more)
        return scope

    def context(self) -> dict[str, Any]:
        """The context object
        (https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html).
        """
        state: dict[str, Any] = {"EnteredTime": self._entered, "Name": self.state.name}
        if self.state.retries:
            state["RetryCount"] = self.retries
        context = {**self.branch.execution.context, "State": state}
        if self.branch.map_item is not None:
            context["Map"] = {"Item": self.branch.map_item}
        return context

    def retried(self) -> None:
        self.retries += 1
        self._scope = None

    def evaluate(self, template: Template, scope: Scope | None = None) -> Any:
        try:
            return template.evaluate(scope or self.scope())
        except EvaluationFailed as failed:
            raise self.evaluation_failed(str(failed), failed.location) from failed

    def number(self, template: Template | None, least: float, most: float) -> float | None:
        """A number from a field; None if the state has no such field."""
        if template is None:
            return None
        value = self.evaluate(template)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.unexpected(template, "number", value)
        if not least <= value <= most:
            raise self.evaluation_failed(
                f"The field '{template.location}' must be from {least:g} to {most:g}, "
                f"but was {value}.",
                template.location,
            )
        return value

    def unexpected(self, template: Template, expected: str, value: Any) -> StateError:
        source = getattr(template, "source", None)
        what = f"The JSONata expression '{source}' specified for the" if source else "The"
        return self.evaluation_failed(
            f"{what} field '{template.location}' returned an unexpected result type. "
            f"Expected '{expected}', but was '{_json_type(value)}' for value: {_shown(value)}",
            template.location,
        )

    def evaluation_failed(self, message: str, location: str) -> StateError:
        """Records the event; the error has the place in front, as AWS words it."""
        self.branch.record(
            "EvaluationFailed",
            "evaluationFailedEventDetails",
            error=QUERY_EVALUATION,
            cause=message,
            location=location,
            state=self.state.name,
        )
        return StateError(QUERY_EVALUATION, self.at_this_state(message))

    def at_this_state(self, message: str) -> str:
        return (
            f"An error occurred while executing the state '{self.state.name}' "
            f"(entered at the event id #{self.entered_id}). {message}"
        )

    def checked(self, value: Any, location: str, name: str | None = None) -> Any:
        """``value``, if it is JSON and within the quota."""
        try:
            check_size(value, name or self.state.name)
        except (TypeError, ValueError) as error:
            raise self.evaluation_failed(
                f"The field '{location}' returned a value that is not JSON: {error}", location
            ) from error
        return value


def _json_type(value: Any) -> str:
    names = {type(None): "null", bool: "boolean", int: "number", float: "number", str: "string"}
    return names.get(type(value), "array" if isinstance(value, list) else "object")


def _shown(value: Any) -> str:
    try:
        return dumps(value)
    except (TypeError, ValueError):
        return repr(value)
