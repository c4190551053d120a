"""One line of control through an execution; Parallel and Map run branches beneath a branch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localcloud.stepfunctions.cancel_scope import CancelScope
from localcloud.stepfunctions.errors import Cancelled, CancelReason

if TYPE_CHECKING:
    from localcloud.stepfunctions.execution import Execution


class Branch:
    """Where control stands: variables, the last event's id, and how much AWS time has passed."""

    def __init__(
        self,
        execution: Execution,
        cancel_scope: CancelScope,
        variables: dict[str, Any],
        last_event_id: int = 0,
        skipped: float = 0.0,
        map_item: dict[str, Any] | None = None,
    ) -> None:
        self.execution = execution
        self.cancel_scope = cancel_scope
        self.variables = variables
        self.last_event_id = last_event_id
        self.skipped = skipped  # AWS seconds that scaled waits have left out so far
        self.map_item = map_item

    def child(
        self, cancel_scope: CancelScope, last_event_id: int, map_item: dict[str, Any] | None = None
    ) -> Branch:
        """A branch in an inner scope: it sees these variables; what it assigns stays inside."""
        return Branch(
            self.execution,
            cancel_scope,
            dict(self.variables),
            last_event_id,
            self.skipped,
            map_item or self.map_item,
        )

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

    def sleep(self, seconds: float) -> None:
        """Wait in AWS time, which the clock may shorten; the time-out counts it in full."""
        clock = self.execution.engine.clock
        wait = min(seconds, self.remaining())
        start = clock.now()
        if wait > 0:
            clock.sleep(wait, self.cancel_scope.cancelled)
        self.cancel_scope.check()
        self.skipped += max(0.0, wait - (clock.now() - start))
        if wait < seconds:
            raise Cancelled(CancelReason.TIMED_OUT)
