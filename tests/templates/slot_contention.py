"""Simulates chunks that compete for the slots of a Region, event by event.

As in the state machines: a child of the Map starts an execution of the Chunk Processor, which reads
which slots are taken, chooses a free one by chance, and takes it by a write that fails if another
chunk was quicker. If none is free, the child waits and begins again.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from deployment.deployer.capacity.model import FIRST_CHUNKS, file_slots

REQUEST = 0.03  # seconds, of a query and of a write
START = 0.3  # seconds, of a child and of its execution
MOST_LOOKS = 5


@dataclass
class File:
    """So many chunks, of which so many are under way at once."""

    chunks: int
    concurrency: int
    started: int = 0


class Region:
    """Slots, and how often chunks found none."""

    def __init__(self, slots: int, chunk_seconds: float, *files: File) -> None:
        self._slots = slots
        self._chunk_seconds = chunk_seconds
        self._files = files
        self._free = set(range(slots))
        self._random = random.Random(1)  # noqa: S311 - a simulation
        self._events: list[tuple[float, int, Iterator[float]]] = []
        self._now = 0.0
        self.waits = 0

    def run(self) -> float:
        """Process all files; return how many seconds it took."""
        for file in self._files:
            for child in range(file.concurrency):
                self._begin(file, child / 100)  # AWS starts a hundred a second
        while self._events:
            self._now, _, chunk = heapq.heappop(self._events)
            self._continue(chunk)
        return self._now

    def _begin(self, file: File, delay: float = 0.0) -> None:
        if file.started < file.chunks:
            file.started += 1
            self._continue(self._chunk(file, file.started - 1, delay))

    def _continue(self, chunk: Iterator[float]) -> None:
        seconds = next(chunk, None)
        if seconds is not None:
            heapq.heappush(self._events, (self._now + seconds, id(chunk), chunk))

    def _chunk(self, file: File, index: int, delay: float) -> Iterator[float]:
        """Yield the seconds that the chunk waits for one thing after another."""
        kept = self._slots - file_slots(self._slots) if index >= FIRST_CHUNKS else 0
        yield delay
        rounds = 0
        while (slot := (yield from self._look(kept))) < 0:
            self.waits += 1
            longest = min(20, 2 + rounds) if index < FIRST_CHUNKS else 30
            yield math.ceil(longest * (0.5 + self._random.random() / 2))
            rounds += 1
        yield self._chunk_seconds * self._random.lognormvariate(0, 0.15)
        self._free.add(slot)
        self._begin(file)

    def _look(self, kept: int) -> Generator[float, None, int]:
        """Take a slot and return its number, or -1 if none is free."""
        yield START
        for _ in range(MOST_LOOKS):
            yield REQUEST
            free = [slot for slot in range(kept, self._slots) if slot in self._free]
            if not free:
                return -1
            slot = self._random.choice(free)
            yield REQUEST
            if slot in self._free:
                self._free.remove(slot)
                return slot
        return -1
