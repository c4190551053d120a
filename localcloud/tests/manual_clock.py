"""Time that a test moves."""

from __future__ import annotations

import threading


class ManualClock:
    """A clock for tests: sleeping moves it at once."""

    def __init__(self, start: float = 1_700_000_000.0) -> None:
        self.time = start
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    def elapsed(self, since: float) -> float:
        return self.time - since

    def real_seconds(self, _seconds: float, /) -> float:
        return 0.0

    def sleep(self, seconds: float, _wake: threading.Event | None = None, /) -> None:
        self.slept.append(seconds)
        self.time += seconds

    def sleep_for_work(self, seconds: float, wake: threading.Event, /) -> None:
        self.sleep(seconds, wake)
