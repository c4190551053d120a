"""Cancels work from outside: an execution, or the siblings of a branch that failed."""

from __future__ import annotations

import threading
from collections.abc import Callable

from localcloud.stepfunctions.errors import Cancelled, CancelReason


class CancelScope:
    """A node in the tree of running branches; cancelling it cancels everything beneath it."""

    def __init__(self, parent: CancelScope | None = None) -> None:
        self.cancelled = threading.Event()  # ends clock.sleep early
        self._reason: CancelReason | None = None
        self._parent = parent
        self._callbacks: set[Callable[[], None]] = set()
        self._children: set[CancelScope] = set()
        self._lock = threading.Lock()

    def child(self) -> CancelScope:
        """A scope beneath this one; ``close`` it when its work has ended."""
        child = CancelScope(self)
        with self._lock:
            self._children.add(child)
            reason = self._reason
        if reason:
            child.cancel(reason)
        return child

    def close(self) -> None:
        if self._parent:
            with self._parent._lock:
                self._parent._children.discard(self)

    def cancel(self, reason: CancelReason) -> None:
        with self._lock:
            if self._reason:
                return
            self._reason = reason
            children, callbacks = list(self._children), list(self._callbacks)
        self.cancelled.set()
        for callback in callbacks:
            callback()
        for child in children:
            child.cancel(reason)

    def check(self) -> None:
        """Raise Cancelled if this scope was cancelled."""
        if self._reason:
            raise Cancelled(self._reason)

    def add_callback(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` when this scope is cancelled, at once if it is already."""
        with self._lock:
            self._callbacks.add(callback)
            is_cancelled = self._reason is not None
        if is_cancelled:
            callback()

    def remove_callback(self, callback: Callable[[], None]) -> None:
        with self._lock:
            self._callbacks.discard(callback)
