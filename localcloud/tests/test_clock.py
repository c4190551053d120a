"""Clocks measure in AWS seconds, whatever their scale."""

from __future__ import annotations

import math
import time

import pytest

from localcloud.clock import ManualClock, ScaledClock


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
