"""What all states have in common: entering, leaving, Assign and Output, Retry and Catch."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from localcloud.stepfunctions.branch import Branch, Frame
from localcloud.stepfunctions.error_policy import ErrorPolicy, RetryCounts, is_throttling
from localcloud.stepfunctions.errors import RUNTIME, Cancelled, CancelReason, StateError
from localcloud.stepfunctions.expressions import Scope
from localcloud.stepfunctions.fields import Fields
from localcloud.stepfunctions.transition import Step, Target, Transition

# States that may be cut short, and have an event type for it.
_ABORTABLE = frozenset({"Task", "Wait", "Map", "Parallel"})


@dataclass(frozen=True)
class Graph:
    """States of one scope: a machine's own, or those of a branch or an item processor."""

    start_at: str
    states: "dict[str, State]"

    def run(self, branch: Branch, data: Any) -> Any:
        """Follow the graph from its start, or from where it stopped; its last state's output."""
        branch.position = name, data = branch.position or (self.start_at, data)
        while name is not None:
            branch.check()
            step = self.states[name].enter(branch, data)
            branch.position = name, data = step.next, step.output
        return data


@dataclass(frozen=True)
class CommonFields:
    """Fields of all states; ``policy`` is None where the type has neither Retry nor Catch."""

    name: str
    transition: Transition
    policy: ErrorPolicy | None = None


@dataclass(frozen=True)
class ParseContext:
    """What a state is read from; ``targets`` collects the states that it names."""

    fields: Fields
    common: CommonFields
    targets: list[Target]
    machine_type: str
    region: str
    graph: Callable[[Fields, bool], Graph]


@dataclass(frozen=True)
class State:
    common: CommonFields

    type_name: ClassVar[str]

    @classmethod
    def parse(cls, context: ParseContext) -> Self:
        return cls(context.common)

    def enter(self, branch: Branch, data: Any) -> Step:
        name, policy = self.common.name, self.common.policy
        if branch.frame:
            frame = branch.frame.resume()
        else:
            frame = Frame(branch, self.type_name, name, data, counts_retries=policy is not None)
            branch.frame = frame
        observers = branch.execution.engine.observers
        for observer in observers:
            observer.before_state(branch.execution, name, data)
        try:
            step = self.run(frame) if policy is None else self._run_with(policy, frame)
        except Cancelled as cancelled:
            if cancelled.reason is CancelReason.SIBLING_FAILED and self.type_name in _ABORTABLE:
                branch.record(f"{self.type_name}StateAborted")
            raise
        details: dict[str, Any] = {"name": name, "output": step.output}
        if step.assigned:
            details["assignedVariables"] = step.assigned
        branch.record(f"{self.type_name}StateExited", **details)
        branch.variables.update(step.assigned)
        branch.frame = None
        for observer in observers:
            observer.after_state(branch.execution, name, step.output)
        return step

    def run(self, frame: Frame) -> Step:
        """One attempt. Raises StateError."""
        raise NotImplementedError

    def _record_failure(self, frame: Frame, error: StateError) -> None:
        """Record the event of a Map or Parallel that is not tried again."""
        if self.type_name in ("Map", "Parallel") and (error.error != RUNTIME or frame.map_run):
            frame.branch.record(f"{self.type_name}StateFailed")

    def leave(self, frame: Frame, default: Any, scope: Scope) -> Step:
        return self.common.transition.follow(frame, default, scope)

    def leave_with(self, frame: Frame, result: Any) -> Step:
        """Leave with a result, which expressions see as ``$states.result``."""
        return self.leave(frame, result, frame.scope(result=result))

    def _run_with(self, policy: ErrorPolicy, frame: Frame) -> Step:
        counts = RetryCounts(policy, frame.branch.execution.engine.random_number)
        while True:
            try:
                return self.run(frame)
            except StateError as error:
                delay = counts.delay(error)
                if delay is not None:
                    frame.branch.sleep(delay, is_for_work=is_throttling(error))
                    frame.count_retry()
                    continue
                self._record_failure(frame, error)
                catcher = policy.catcher(error)
                if catcher is None:
                    raise
                output = error.as_output()
                return catcher.transition.follow(frame, output, frame.scope(errorOutput=output))
