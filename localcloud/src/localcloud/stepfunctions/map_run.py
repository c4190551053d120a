"""A Map Run: the children of one Distributed Map state, counted."""

import threading
from collections import Counter
from dataclasses import dataclass, field

_COUNTER_NAMES = {
    "PENDING": "pending",
    "RUNNING": "running",
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "TIMED_OUT": "timedOut",
    "ABORTED": "aborted",
    "PENDING_REDRIVE": "pendingRedrive",
}


@dataclass
class MapRun:
    """``tolerated_percentage`` None means that only the count matters."""

    arn: str
    execution_arn: str
    machine_arn: str  # of the children
    started: float
    max_concurrency: int
    tolerated_count: int
    tolerated_percentage: float | None
    status: str = "RUNNING"
    stopped: float | None = None
    redrive_count: int = 0
    redriven: float | None = None
    children: Counter[str] = field(default_factory=Counter)  # each with one item, by their status
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def change_status(self, before: str, after: str) -> None:
        """Count a child that went from one status to another."""
        with self._lock:
            self.children[before] -= 1
            self.children[after] += 1

    def exceeds_tolerance(self) -> bool:
        """Whether more items have failed than is tolerated."""
        failed = self.children["FAILED"] + self.children["TIMED_OUT"]
        if not failed:
            return False
        percentage = self.tolerated_percentage
        if percentage is None:
            return failed > self.tolerated_count
        exceeds_percentage = failed * 100.0 / self.children.total() > percentage
        return exceeds_percentage or (self.tolerated_count > 0 and failed > self.tolerated_count)

    def redrive(self, now: float) -> None:
        self.status, self.stopped, self.redriven = "RUNNING", None, now
        self.redrive_count += 1

    def end(self, status: str, now: float, children: Counter[str]) -> None:
        """Children that have not started stay pending, and those that were not redriven failed."""
        with self._lock:
            self.status, self.stopped, self.children = status, now, children

    def counts(self) -> dict[str, int]:
        """Of the children, or of their items, which are as many."""
        return {
            **{name: self.children[status] for status, name in _COUNTER_NAMES.items()},
            "total": self.children.total(),
            "resultsWritten": self.children["SUCCEEDED"],
            "failuresNotRedrivable": 0,
        }
