"""One line of control through an execution, and on it the run of one state."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localcloud.clock import iso
from localcloud.stepfunctions import quotas
from localcloud.stepfunctions.compact_json import dumps
from localcloud.stepfunctions.errors import QUERY_EVALUATION, Cancelled, CancelReason, StateError
from localcloud.stepfunctions.expressions import EvaluationFailed, Scope, Template
from localcloud.stepfunctions.threads import CancelScope

if TYPE_CHECKING:
    from localcloud.stepfunctions.execution import Execution
    from localcloud.stepfunctions.map_run import MapRun
    from localcloud.stepfunctions.states.map_progress import MapProgress


@dataclass(eq=False, slots=True)
class Branch:
    """Where control stands; Parallel and Map run branches beneath a branch.

    A redrive goes on at ``position``, the state that was not left and its input, with its ``frame``
    if it was entered. At the end of the graph these are None and the output.
    """

    execution: "Execution"
    cancel_scope: CancelScope
    variables: dict[str, Any]
    last_event_id: int = 0
    skipped: float = 0.0  # AWS seconds that scaled waits have left out so far
    map_item: dict[str, Any] | None = None
    position: tuple[str | None, Any] | None = None  # None: the graph was not begun
    frame: "Frame | None" = None

    def child(
        self, cancel_scope: CancelScope, last_event_id: int, map_item: dict[str, Any] | None = None
    ) -> "Branch":
        """A branch in an inner scope: it sees these variables; what it assigns stays inside."""
        variables, item = dict(self.variables), map_item or self.map_item
        return Branch(self.execution, cancel_scope, variables, last_event_id, self.skipped, item)

    def record(self, event_type: str, /, **details: Any) -> int:
        """Record a history event that follows this branch's last one; its id."""
        history = self.execution.history
        self.last_event_id = history.record(event_type, self.last_event_id, **details)
        return self.last_event_id

    def check(self) -> None:
        """Raise Cancelled if the execution was stopped or its time is over."""
        self.cancel_scope.check()
        if self.remaining() <= 0:
            raise Cancelled(CancelReason.TIMED_OUT)

    def remaining(self) -> float:
        """AWS seconds until the execution's time-out."""
        return self.execution.deadline - self.execution.engine.clock.now() - self.skipped

    def sleep(self, seconds: float, *, is_for_work: bool = False) -> None:
        """Wait in AWS time, which the clock may shorten; the time-out counts it in full.

        ``is_for_work``: until other work has ended, which no clock shortens.
        """
        clock = self.execution.engine.clock
        wait = min(seconds, self.remaining())
        start = clock.now()
        if wait > 0:
            sleep = clock.sleep_for_work if is_for_work else clock.sleep
            sleep(wait, self.cancel_scope.cancelled)
        self.cancel_scope.check()
        self.skipped += max(0.0, wait - (clock.now() - start))
        if wait < seconds:
            raise Cancelled(CancelReason.TIMED_OUT)


class Frame:
    """One run of one state; ``counts_retries``: the context object has State.RetryCount."""

    def __init__(
        self, branch: Branch, state_type: str, state: str, data: Any, counts_retries: bool
    ) -> None:
        self.branch = branch
        self.state = state
        self.data = data
        self._counts_retries = counts_retries
        self._retries = 0
        # By index: branches, or a Distributed Map's executions that have not succeeded.
        self.children: dict[int, Any] = {}
        self.map_run: MapRun | None = None
        self.progress: MapProgress | None = None  # of the Map Run
        self._started_event_id: int | None = None
        self._previous_event_id = branch.last_event_id
        self._entered_event_id = branch.record(f"{state_type}StateEntered", name=state, input=data)
        branch.execution.count_transition()
        self._entered_time = iso(branch.execution.engine.clock.now())
        self._scope: Scope | None = None

    def scope(self, **members: Any) -> Scope:
        """``$states``, with ``result`` or ``errorOutput`` beside input and context."""
        scope = self._scope
        if scope is None:
            states = {"input": self.data, "context": self.context()}
            scope = self._scope = Scope(states, self.branch.variables)
        scope.states.pop("result", None)
        scope.states.pop("errorOutput", None)
        scope.states.update(members)
        return scope

    def context(self) -> dict[str, Any]:
        """https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html"""
        state: dict[str, Any] = {"EnteredTime": self._entered_time, "Name": self.state}
        if self._counts_retries:
            state["RetryCount"] = self._retries
        context = {**self.branch.execution.context, "State": state}
        if self.branch.map_item is not None:
            context["Map"] = {"Item": self.branch.map_item}
        return context

    def start(self, event_type: str, **details: Any) -> None:
        """Record that Parallel or Map has started; not again after a redrive."""
        if self._started_event_id is None:
            self._started_event_id = self.branch.record(event_type, **details)

    def resume(self) -> "Frame":
        """Go on after a redrive, as AWS was recorded doing.

        No second StateEntered, the events follow the first one, and retries count from 0:
        https://github.com/radkawar/stackd/blob/main/testdata/aws/stepfunctions/redrive_execution.json
        """
        self.branch.last_event_id = self._started_event_id or self._entered_event_id
        self._retries, self._scope = 0, None
        return self

    def restart(self) -> None:
        """Forget what the state has done: all branches, iterations or items run again."""
        self.children, self.map_run, self.progress, self._started_event_id = {}, None, None, None

    def count_retry(self) -> None:
        self._retries += 1
        self.branch.execution.count_transition()
        self._scope = None
        self.restart()

    def evaluate(self, template: Template, scope: Scope | None = None) -> Any:
        try:
            return template.evaluate(scope or self.scope())
        except EvaluationFailed as failure:
            raise self.evaluation_failed(str(failure), failure.location) from failure

    def evaluate_arguments(self, template: Template | None) -> Any:
        """The state's Arguments; without the field, its input."""
        if template is None:
            return self.data
        arguments = self.evaluate(template)
        self.check_size(arguments, "Arguments")
        return arguments

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
        subject = f"The JSONata expression '{source}' specified for the" if source else "The"
        return self.evaluation_failed(
            f"{subject} field '{template.location}' returned an unexpected result type. "
            f"Expected '{expected}', but was '{_json_type(value)}' for value: {_as_text(value)}",
            template.location,
        )

    def evaluation_failed(self, message: str, location: str) -> StateError:
        """Record the event; the cause names the place first, as AWS words it."""
        branch, cause = self.branch, self.locate(message)
        # AWS was recorded letting this event follow what precedes StateEntered:
        # https://github.com/localstack/localstack/blob/main/tests/aws/services/stepfunctions/v2/scenarios/test_base_scenarios.snapshot.json
        if branch.last_event_id == self._entered_event_id:
            branch.last_event_id = self._previous_event_id
        branch.record(
            "EvaluationFailed",
            error=QUERY_EVALUATION,
            cause=cause,
            location=location,
            state=self.state,
        )
        return StateError(QUERY_EVALUATION, cause)

    def locate(self, message: str) -> str:
        """The message with this state in front."""
        return (
            f"An error occurred while executing the state '{self.state}' "
            f"(entered at the event id #{self._entered_event_id}). {message}"
        )

    def check_size(self, value: Any, location: str, name: str | None = None) -> None:
        """Raise StateError unless ``value`` is JSON and within the quota."""
        try:
            quotas.check_size(value, name or self.state)
        except (TypeError, ValueError) as error:
            raise self.evaluation_failed(
                f"The field '{location}' returned a value that is not JSON: {error}", location
            ) from error


def _json_type(value: Any) -> str:
    names = {type(None): "null", bool: "boolean", int: "number", float: "number", str: "string"}
    return names.get(type(value), "array" if isinstance(value, list) else "object")


def _as_text(value: Any) -> str:
    try:
        return dumps(value)
    except (TypeError, ValueError):
        return repr(value)
