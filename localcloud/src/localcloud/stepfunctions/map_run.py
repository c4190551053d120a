"""A Map Run: the children of one Distributed Map state, counted."""

from __future__ import annotations

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
    results_written: int = 0
    items: Counter[str] = field(default_factory=Counter)
    executions: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add_pending(self, item_counts: list[int]) -> None:
        """Count one child for each entry, which says how many items it has."""
        with self._lock:
            self.executions["pending"] = len(item_counts)
            self.items["pending"] = sum(item_counts)

    def change_status(self, before: str, after: str, item_count: int) -> None:
        """Count a child that went from one status to another."""
        with self._lock:
            for counter, amount in ((self.executions, 1), (self.items, item_count)):
                counter[_COUNTER_NAMES[before]] -= amount
                counter[_COUNTER_NAMES[after]] += amount

    def exceeds_tolerance(self) -> bool:
        """Whether more items have failed than is tolerated."""
        failed = self.items["failed"] + self.items["timedOut"]
        if not failed:
            return False
        percentage = self.tolerated_percentage
        if percentage is None:
            return failed > self.tolerated_count
        total = sum(self.items[name] for name in _COUNTER_NAMES.values())
        exceeds_percentage = failed * 100.0 / total > percentage
        return exceeds_percentage or (self.tolerated_count > 0 and failed > self.tolerated_count)

    def end(self, status: str, now: float) -> None:
        """Children that have not started never will: they count as aborted."""
        with self._lock:
            for counter in (self.executions, self.items):
                counter["aborted"] += counter.pop("pending", 0)
            self.status, self.stopped = status, now

    def item_counts(self) -> dict[str, int]:
        return _wire_counts(self.items, self.results_written)

    def execution_counts(self) -> dict[str, int]:
        return _wire_counts(self.executions, self.executions["succeeded"])


def _wire_counts(counter: Counter[str], results_written: int) -> dict[str, int]:
    counts = {name: counter[name] for name in _COUNTER_NAMES.values()}
    return {
        **counts,
        "total": sum(counts.values()),
        "resultsWritten": results_written,
        "failuresNotRedrivable": 0,
        "pendingRedrive": 0,
    }
