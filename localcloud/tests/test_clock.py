"""Clocks measure in AWS seconds, whatever their scale."""

from __future__ import annotations

import math
import threading
import time

import pytest

from localcloud.clock import WORK_SECONDS, ScaledClock
from tests.manual_clock import ManualClock


def test_a_scaled_clock_divides_by_its_scale() -> None:
    clock = ScaledClock(0.1)
    assert clock.elapsed(time.time() - 3) == pytest.approx(30, abs=5)


def test_without_waits_any_time_has_passed() -> None:
    assert ScaledClock(0).elapsed(time.time() - 1) == math.inf


def test_a_manual_clock_counts_what_was_slept() -> None:
    clock = ManualClock()
    since = clock.now()
    clock.sleep(5)
    assert clock.elapsed(since) == 5


class Waits(threading.Event):
    """Notes how long it would have waited."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.seconds.append(timeout)
        return False


def test_a_wait_for_work_is_not_shortened_to_less_than_work_takes() -> None:
    """Otherwise throttling would be a product of the scale: waits end before what they wait for."""
    waits, clock = Waits(), ScaledClock(0.1)
    clock.sleep(4.0, waits)
    for seconds in (0.5, 4.0, 60.0):
        clock.sleep_for_work(seconds, waits)
    assert waits.seconds == pytest.approx([0.4, 0.5, WORK_SECONDS, 6.0])


def test_without_waits_there_is_none_for_work_either() -> None:
    waits = Waits()
    ScaledClock(0).sleep_for_work(4.0, waits)
    assert waits.seconds == []
