"""A point at which a test keeps something back."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Hold(Generic[T]):
    """Keeps back all that comes to a point, until it is released or ``limit`` seconds are over."""

    def __init__(self, point: str, limit: float) -> None:
        self._point = point
        self._limit = limit
        self._first: T | None = None
        self._arrived = threading.Event()
        self._released = threading.Event()

    def wait(self, timeout: float = 60.0) -> T:
        """Return what came first, as soon as it has come; raises TimeoutError."""
        if not self._arrived.wait(timeout):
            raise TimeoutError(f"nothing came to {self._point} within {timeout:.0f} s")
        assert self._first is not None  # noqa: S101 - set before the event
        return self._first

    def release(self) -> None:
        """Let everything go on, and keep nothing back from now on."""
        self._released.set()

    def keep(self, item: T) -> None:
        """Called by the cloud when something comes to the point, on the thread that brings it."""
        if not self._arrived.is_set():
            self._first = item
            self._arrived.set()
        self._released.wait(self._limit)
