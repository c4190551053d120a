"""The sandboxes of one version of a function: warm ones first, then new ones up to a limit."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from localcloud.lambda_.environment import Environment, has_expired
from localcloud.lambda_.sandbox import Sandbox


@dataclass
class WarmSandbox:
    """A sandbox and what it was started with."""

    sandbox: Sandbox
    environment: Environment
    idle_since: float = 0.0


class _Waiter:
    """A lock that another thread releases: an Event takes several of them."""

    def __init__(self) -> None:
        self.warm: WarmSandbox | None = None
        self._gate = threading.Lock()
        self._gate.acquire()

    def wait(self, seconds: float = -1) -> bool:
        """Return whether somebody woke it, by default without end."""
        return self._gate.acquire(timeout=seconds)

    def wake(self, warm: WarmSandbox | None) -> None:
        self.warm = warm
        self._gate.release()


class Pool:
    """``acquire`` a sandbox and ``release`` the same, or None if it ended.

    A new sandbox takes a quarter of a second of a core, which two cores do not have for each call:
    another one may well end meanwhile. Beyond ``at_once`` a caller first waits for ``patience``
    seconds for a sandbox that becomes free.
    """

    def __init__(
        self,
        limit: int,
        dispose: Callable[[WarmSandbox], None],
        at_once: int = 1,
        patience: float = 1.0,
    ) -> None:
        self._limit = limit
        self._at_once = at_once
        self._patience = patience
        self._dispose = dispose
        self._lock = threading.Lock()
        self._idle: list[WarmSandbox] = []
        self._waiters: deque[_Waiter] = deque()
        self._size = 0
        self._closed = False

    def acquire(self) -> WarmSandbox | None:
        """Wait in line for a warm sandbox; return None if the caller may start one more."""
        with self._lock:
            if not self._waiters and self._idle:
                return self._idle.pop()
            if self._size < self._at_once:
                self._size += 1
                return None
            waiter = _Waiter()
            self._waiters.append(waiter)
        if not waiter.wait(self._patience):
            if self._may_start(waiter):
                return None
            waiter.wait()
        return waiter.warm

    def _may_start(self, waiter: _Waiter) -> bool:
        """Take ``waiter`` out of the line, unless it was woken or there is no room."""
        with self._lock:
            if waiter not in self._waiters or self._size == self._limit:
                return False
            self._waiters.remove(waiter)
            self._size += 1
            return True

    def release(self, warm: WarmSandbox | None) -> None:
        if warm and (
            self._closed or not warm.sandbox.alive or has_expired(warm.sandbox.started_at)
        ):
            self._dispose(warm)
            warm = None
        with self._lock:
            if self._waiters:
                self._waiters.popleft().wake(warm)
            elif warm:
                warm.idle_since = time.monotonic()
                self._idle.append(warm)
            else:
                self._size -= 1

    def retire_idle(self, seconds: float) -> None:
        """End the sandboxes that have been idle for so long."""
        limit = time.monotonic() - seconds
        with self._lock:
            old = [warm for warm in self._idle if warm.idle_since < limit]
            self._idle = [warm for warm in self._idle if warm.idle_since >= limit]
            self._size -= len(old)
        for warm in old:
            self._dispose(warm)

    def close(self) -> None:
        """Keep no sandbox warm any more; the busy ones finish."""
        self._closed = True
        self.retire_idle(-1.0)
