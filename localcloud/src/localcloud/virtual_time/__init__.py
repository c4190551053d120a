"""Virtual time: a whole local cloud that runs as fast as it can, and the same way each time.

``install`` replaces locks, threads, clocks and randomness of the standard library in this process,
so call it before anything else is imported, ``localcloud.testing`` included. Run Python with
PYTHONHASHSEED=0. The time is real until ``leave_real_time``.
"""

from __future__ import annotations

from localcloud.virtual_time.patches import install, seed
from localcloud.virtual_time.primitives import scheduler

__all__ = ["advance", "install", "leave_real_time", "return_to_real_time", "seed"]

leave_real_time = scheduler.leave_real_time
return_to_real_time = scheduler.return_to_real_time


def advance(to_multiple_of: int) -> None:
    """Sleep until the time, in seconds of the epoch, is a multiple: exactly, as a float can be."""
    scheduler.block(float((scheduler.now() // to_multiple_of + 1) * to_multiple_of))
