"""Simulates a file all of whose rows are rejected, write by write: the table throttles the most.

As in the state machines: a chunk makes calls side by side, and each stores its rejects all at once.
A write that is throttled is tried again as its Retry says. If that ends, the whole chunk does, and
begins anew after *Wait for capacity*.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from localcloud.testing import evaluate

from tests.templates.loading import state_machine, states

START = 0.5  # seconds, of a chunk until its first call; the writer at its end
CALL = 0.1  # seconds, of a call that validates records
WRITE = 0.015  # seconds, of a write
CALLS_AT_ONCE, RECORDS_PER_CALL = 10, 10
TIMEOUT = float(state_machine("chunk-processor")["TimeoutSeconds"])
RETRY = states("chunk-processor")["Store rejected record"]["Retry"][1]
WAIT = states("main-orchestrator")["Wait for capacity"]["Seconds"]
# The longest waits before the tries of a write, and of a chunk; chance takes a part of each.
WRITE_WAITS = [
    min(RETRY["IntervalSeconds"] * RETRY["BackoffRate"] ** number, RETRY["MaxDelaySeconds"])
    for number in range(RETRY["MaxAttempts"])
]
CHUNK_WAITS = [
    evaluate(WAIT.replace("$random()", "1"), {"input": {"waits": waits}}) for waits in range(6)
]


@dataclass
class Execution:
    """A try at a chunk: records that no call has taken yet, and calls that are not finished."""

    tries: int
    records: int
    calls: int = 0
    is_over: bool = False


class Rejection:
    """Processes chunks, so many at once, while the table takes so many writes a second."""

    def __init__(self, chunks: int, at_once: int, chunk_records: int, writes: float) -> None:
        self._chunks, self._at_once, self._records = chunks, at_once, chunk_records
        self._capacity = self._writes = writes
        self._measured_at = 0.0
        self._random = random.Random(1)  # noqa: S311 - a simulation
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers: Iterator[int] = itertools.count()
        self._now = 0.0
        self._remaining = chunks
        self.timeouts = 0

    def rows_per_second(self) -> float:
        """Process all chunks; return how many rows that was a second."""
        for _ in range(self._at_once):
            self._begin_next()
        done = self._chunks * self._records
        while self._events:
            self._now, _, event = heapq.heappop(self._events)
            event()
        return done / self._now

    def _after(self, seconds: float, event: Callable[..., None], *arguments: Any) -> None:
        entry = (self._now + seconds, next(self._numbers), lambda: event(*arguments))
        heapq.heappush(self._events, entry)

    def _begin_next(self) -> None:
        if self._remaining:
            self._remaining -= 1
            self._begin(0)

    def _begin(self, tries: int) -> None:
        execution = Execution(tries, self._records)
        for _ in range(CALLS_AT_ONCE):
            self._after(START + CALL * self._random.random(), self._call, execution, self._now)

    def _call(self, execution: Execution, began: float) -> None:
        """Take the next records of the chunk; the last call that finds none ends it."""
        if execution.is_over:
            return
        if self._now - began > TIMEOUT:
            self.timeouts += 1
            self._try_again(execution)
            return
        records = min(RECORDS_PER_CALL, execution.records)
        execution.records -= records
        execution.calls += records > 0
        if records:
            unwritten = set(range(records))
            for record in range(records):
                self._write(execution, began, unwritten, record, 0)
        elif not execution.calls:
            execution.is_over = True
            self._begin_next()

    def _write(
        self, execution: Execution, began: float, unwritten: set[int], record: int, tries: int
    ) -> None:
        if execution.is_over:
            return
        if self._has_capacity():
            unwritten.remove(record)
            if not unwritten:
                execution.calls -= 1
                self._after(CALL, self._call, execution, began)
        elif tries == len(WRITE_WAITS):
            self._try_again(execution)
        else:
            seconds = WRITE + WRITE_WAITS[tries] * self._random.random()
            self._after(seconds, self._write, execution, began, unwritten, record, tries + 1)

    def _has_capacity(self) -> bool:
        refilled = self._capacity + (self._now - self._measured_at) * self._writes
        self._capacity, self._measured_at = min(self._writes, refilled), self._now
        if self._capacity < 1:
            return False
        self._capacity -= 1
        return True

    def _try_again(self, execution: Execution) -> None:
        """Begin the chunk anew, with all of its rows."""
        execution.is_over = True
        longest = CHUNK_WAITS[min(execution.tries, len(CHUNK_WAITS) - 1)]
        seconds = longest * (0.5 + self._random.random() / 2)
        self._after(seconds, self._begin, execution.tries + 1)
