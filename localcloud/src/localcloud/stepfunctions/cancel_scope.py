"""Ending work from outside: an execution, or the siblings of a branch that failed."""

from __future__ import annotations

import threading
from collections.abc import Callable

from localcloud.stepfunctions.errors import Halted, Reason


class Halter:
    """A node in the tree of running branches: halting one halts everything beneath it."""

    def __init__(self, parent: Halter | None = None) -> None:
        self.wake = threading.Event()  # for clock.sleep
        self._reason: Reason | None = None
        self._parent = parent
        self._callbacks: set[Callable[[], None]] = set()
        self._children: set[Halter] = set()
        self._lock = threading.Lock()

    def child(self) -> Halter:
        """A node beneath this one; ``close`` it when its work has ended."""
        halter = Halter(self)
        with self._lock:
            self._children.add(halter)
            reason = self._reason
        if reason:
            halter.halt(reason)
        return halter

    def close(self) -> None:
        if self._parent:
            with self._parent._lock:
                self._parent._children.discard(self)

    def halt(self, reason: Reason) -> None:
        with self._lock:
            if self._reason:
                return
            self._reason = reason
            below, callbacks = list(self._children), list(self._callbacks)
        self.wake.set()
        for callback in callbacks:
            callback()
        for child in below:
            child.halt(reason)

    def check(self) -> None:
        if self._reason:
            raise Halted(self._reason)

    def listen(self, callback: Callable[[], None]) -> None:
        """``callback`` is called when this is halted, at once if it is already."""
        with self._lock:
            self._callbacks.add(callback)
            halted = self._reason is not None
        if halted:
            callback()

    def forget(self, callback: Callable[[], None]) -> None:
        with self._lock:
            self._callbacks.discard(callback)
