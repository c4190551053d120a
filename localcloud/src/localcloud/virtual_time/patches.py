"""Puts the scheduler's locks, threads and clock, and a seed, in the place of the real ones."""

from __future__ import annotations

import datetime
import functools
import os
import queue
import random
import threading
import time
from datetime import tzinfo
from typing import Any

from localcloud import identifiers
from localcloud.virtual_time import primitives
from localcloud.virtual_time.primitives import Lock, scheduler

_RealDatetime = datetime.datetime
# Two, so that how many ids are made changes no times. Both are to be repeated.
_ids = random.Random(0)  # noqa: S311 - no secrets
latencies = random.Random(0)  # noqa: S311 - the same


def install() -> None:
    """Once in a process, before other imports."""
    _install_threads()
    _install_clock()
    os.urandom = random._urandom = _ids.randbytes  # type: ignore[attr-defined]  # uuid4, secrets, SystemRandom
    identifiers.seed(0)
    scheduler.start_pace()


def seed(number: int) -> None:
    """Let all randomness of the process begin again."""
    _ids.seed(number)
    identifiers.seed(number)
    latencies.seed(number)
    random.seed(number)


def _install_threads() -> None:
    module: Any = threading
    module.Lock = module._allocate_lock = Lock
    module.RLock = functools.RLock = module._PyRLock  # type: ignore[attr-defined]  # in pure Python, on top of Lock
    module.Thread.start = primitives.start
    module.Thread.join = primitives.join
    module.Thread.is_alive = primitives.is_alive
    module.Thread._bootstrap_inner = primitives.bootstrap_inner
    queue.SimpleQueue = queue._PySimpleQueue  # type: ignore[attr-defined, misc]  # in pure Python


def _install_clock() -> None:
    module: Any = time
    module.sleep = scheduler.sleep
    module.time = module.monotonic = module.perf_counter = scheduler.now
    module.time_ns = module.monotonic_ns = module.perf_counter_ns = lambda: int(
        scheduler.now() * 1e9
    )
    threading._time = scheduler.now  # type: ignore[attr-defined]  # time.monotonic by another name
    queue.time = scheduler.now  # type: ignore[attr-defined]  # the same
    datetime.datetime = _VirtualDatetime  # type: ignore[misc]  # the class that others import


class _Type(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _RealDatetime)


class _VirtualDatetime(_RealDatetime, metaclass=_Type):
    """datetime with the scheduler's time."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> _VirtualDatetime:
        return cls.fromtimestamp(scheduler.now(), tz)

    @classmethod
    def utcnow(cls) -> _VirtualDatetime:
        return cls.fromtimestamp(scheduler.now(), datetime.UTC).replace(tzinfo=None)
