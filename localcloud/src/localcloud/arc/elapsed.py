"""AWS seconds between two readings of a clock, whatever the clock's scale."""

from __future__ import annotations

import math

from localcloud.clock import Clock, ScaledClock


def elapsed(clock: Clock, since: float) -> float:
    """AWS seconds since the reading ``since`` of ``clock.now()``. A scaled clock reads wall time,
    so divide it out.
    """
    real = clock.now() - since
    if not isinstance(clock, ScaledClock):
        return real
    return real / clock.scale if clock.scale else math.inf
