"""CPU seconds of this process by part: proxy, gateway, each service, interpreter.

Seconds of a part within another count for the inner part only, so that all of them add up.
Waiting takes none, since a thread's CPU clock stands still meanwhile.
"""

import threading
import time
from collections import defaultdict
from types import TracebackType


class CpuMeter:
    """Totals since the start, of all threads."""

    def __init__(self) -> None:
        self._totals: defaultdict[str, float] = defaultdict(float)
        self._lock = threading.Lock()
        self._threads = threading.local()

    def part(self, name: str) -> "Part":
        """Count what this thread does inside, as of a context manager, for the part ``name``."""
        return Part(self, name)

    def enter(self, name: str) -> None:
        parts: list[str] = self._threads.__dict__.setdefault("parts", [])
        self._count(parts)
        parts.append(name)

    def leave(self) -> None:
        parts: list[str] = self._threads.parts
        self._count(parts)
        parts.pop()

    def totals(self) -> dict[str, float]:
        """Seconds by part; ``other`` are those of no part."""
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


class Part:
    """Several for each call: a generator, as contextlib makes it, would take longer."""

    __slots__ = ("_meter", "_name")

    def __init__(self, meter: CpuMeter, name: str) -> None:
        self._meter = meter
        self._name = name

    def __enter__(self) -> None:
        self._meter.enter(self._name)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._meter.leave()
