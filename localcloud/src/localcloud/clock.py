"""Clocks: real and scaled time."""

import math
import threading
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """``now`` is wall time in epoch seconds; all durations but real ones are AWS seconds."""

    def now(self) -> float: ...

    def elapsed(self, since: float) -> float:
        """Return the AWS seconds since a reading of ``now``."""

    def sleep(self, seconds: float, wake: threading.Event | None = None, /) -> None: ...

    def sleep_for_work(self, seconds: float, wake: threading.Event, /) -> None:
        """Wait for work to end, which takes its time however short waits are made."""

    def real_seconds(self, seconds: float, /) -> float: ...


# What a call of a function takes here, even if others want the processor, too.
WORK_SECONDS = 1.0


class ScaledClock:
    """Wall time, with every wait multiplied by ``scale``."""

    def __init__(self, scale: float) -> None:
        self.scale = scale

    def now(self) -> float:
        return time.time()

    def elapsed(self, since: float) -> float:
        return (self.now() - since) / self.scale if self.scale else math.inf

    def real_seconds(self, seconds: float) -> float:
        """How long ``seconds`` of AWS time last here, for timers and queue time-outs."""
        return max(0.0, seconds * self.scale)

    def sleep(self, seconds: float, wake: threading.Event | None = None) -> None:
        """Wait; ``wake`` ends the wait early."""
        if wake is None:
            time.sleep(self.real_seconds(seconds))
        else:
            wake.wait(self.real_seconds(seconds))

    def sleep_for_work(self, seconds: float, wake: threading.Event) -> None:
        """The wait is shortened, but not to less than work takes; at scale 0 there are no waits."""
        if self.scale:
            wake.wait(max(self.real_seconds(seconds), min(seconds, WORK_SECONDS)))


def utc(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)


def iso(epoch: float) -> str:
    """ISO 8601 with milliseconds and Z, as AWS events and the Step Functions context write it."""
    return utc(epoch).isoformat(timespec="milliseconds").replace("+00:00", "Z")
