"""Ending work from outside: an execution, or the siblings of a branch that failed."""

from __future__ import annotations

import threading
from collections.abc import Callable

from localcloud.stepfunctions.errors import Cancelled, CancelReason


class CancelScope:
    """A node in the tree of running branches: halting one halts everything beneath it."""

    def __init__(self, parent: CancelScope | None = None) -> None:
        self.wake = threading.Event()  # for clock.sleep
        self._reason: CancelReason | None = None
        self._parent = parent
        self._callbacks: set[Callable[[], None]] = set()
        self._children: set[CancelScope] = set()
        self._lock = threading.Lock()

    def child(self) -> CancelScope:
        """A node beneath this one; ``close`` it when its work has ended."""
        cancel_scope = CancelScope(self)
        with self._lock:
            self._children.add(cancel_scope)
            reason = self._reason
        if reason:
            cancel_scope.cancel(reason)
        return cancel_scope

    def close(self) -> None:
        if self._parent:
            with self._parent._lock:
                self._parent._children.discard(self)

    def cancel(self, reason: CancelReason) -> None:
        with self._lock:
            if self._reason:
                return
            self._reason = reason
            below, callbacks = list(self._children), list(self._callbacks)
        self.wake.set()
        for callback in callbacks:
            callback()
        for child in below:
            child.cancel(reason)

    def check(self) -> None:
        if self._reason:
            raise Cancelled(self._reason)

    def add_callback(self, callback: Callable[[], None]) -> None:
        """``callback`` is called when this is cancelled, at once if it is already."""
        with self._lock:
            self._callbacks.add(callback)
            cancelled = self._reason is not None
        if cancelled:
            callback()

    def remove_callback(self, callback: Callable[[], None]) -> None:
        with self._lock:
            self._callbacks.discard(callback)
