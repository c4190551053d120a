"""CPU seconds of this process by part: the proxy, the gateway, each service, the interpreter of
state machines.

A part's seconds are those of its own code: what a part inside it uses is the inner part's, so that
all of them add up. Waiting costs nothing, since a thread's CPU clock stands still meanwhile.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class CpuMeter:
    """Totals since the start, of all threads."""

    def __init__(self) -> None:
        self._totals: defaultdict[str, float] = defaultdict(float)
        self._lock = threading.Lock()
        self._threads = threading.local()

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """What this thread does inside counts as ``name``'s."""
        parts: list[str] = self._threads.__dict__.setdefault("parts", [])
        self._count(parts)
        parts.append(name)
        try:
            yield
        finally:
            self._count(parts)
            parts.pop()

    def totals(self) -> dict[str, float]:
        """Seconds by part; what belongs to none is called ``other``."""
        with self._lock:
            totals = dict(self._totals)
        return {**totals, "other": max(0.0, time.process_time() - sum(totals.values()))}

    def _count(self, parts: list[str]) -> None:
        """Add what this thread has used since the last change to the part that used it."""
        now = time.thread_time()
        if parts:
            with self._lock:
                self._totals[parts[-1]] += now - self._threads.since
        self._threads.since = now
