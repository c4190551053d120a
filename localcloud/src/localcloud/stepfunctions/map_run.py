"""A Map Run: the children of one Distributed Map state, counted."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localcloud.stepfunctions.execution import Execution

_COUNTED = ("pending", "running", "succeeded", "failed", "timedOut", "aborted")
_BY_STATUS = {
    "PENDING": "pending",
    "RUNNING": "running",
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "TIMED_OUT": "timedOut",
    "ABORTED": "aborted",
}


@dataclass
class MapRun:
    """``tolerated_percentage`` None means that only the count matters."""

    arn: str
    execution: Execution
    machine_arn: str  # of the children
    started: float
    max_concurrency: int
    tolerated_count: int
    tolerated_percentage: float | None
    status: str = "RUNNING"
    stopped: float | None = None
    results_written: int = 0
    items: Counter[str] = field(default_factory=Counter)
    executions: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def expect(self, sizes: list[int]) -> None:
        """One child for each entry, with so many items in it."""
        with self._lock:
            self.executions["pending"] = len(sizes)
            self.items["pending"] = sum(sizes)

    def moved(self, before: str, after: str, items: int) -> None:
        """A child went from one status to another."""
        with self._lock:
            for counter, amount in ((self.executions, 1), (self.items, items)):
                counter[_BY_STATUS[before]] -= amount
                counter[_BY_STATUS[after]] += amount

    def intolerable(self) -> bool:
        """Whether more items have failed than is tolerated."""
        failed = self.items["failed"] + self.items["timedOut"]
        if not failed:
            return False
        percentage = self.tolerated_percentage
        if percentage is None:
            return failed > self.tolerated_count
        total = sum(self.items[name] for name in _COUNTED)
        too_many = failed * 100.0 / total > percentage
        return too_many or (self.tolerated_count > 0 and failed > self.tolerated_count)

    def end(self, status: str, now: float) -> None:
        """What has not begun never will."""
        with self._lock:
            for counter in (self.executions, self.items):
                counter["aborted"] += counter.pop("pending", 0)
            self.status, self.stopped = status, now

    def counts(self, of_items: bool) -> dict[str, int]:
        counter = self.items if of_items else self.executions
        shown = {name: counter[name] for name in _COUNTED}
        shown["total"] = sum(shown.values())
        shown["resultsWritten"] = self.results_written if of_items else counter["succeeded"]
        shown["failuresNotRedrivable"] = 0
        shown["pendingRedrive"] = 0
        return shown
