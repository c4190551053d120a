"""The sandboxes of one version of a function: warm ones first, new ones up to a limit, then callers
wait in order.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from localcloud.lambda_.environment import Surroundings, expired
from localcloud.lambda_.sandbox import Sandbox


@dataclass
class WarmSandbox:
    """A sandbox and what it was started with."""

    sandbox: Sandbox
    surroundings: Surroundings
    idle_since: float = 0.0


class _Ticket:
    def __init__(self) -> None:
        self.called = threading.Event()
        self.warm: WarmSandbox | None = None


class Pool:
    """``take`` a sandbox and ``give_back`` the same, or None if it ended."""

    def __init__(self, limit: int, dispose: Callable[[WarmSandbox], None]) -> None:
        self._limit = limit
        self._dispose = dispose
        self._lock = threading.Lock()
        self._idle: list[WarmSandbox] = []
        self._queue: deque[_Ticket] = deque()
        self._places = 0
        self._closed = False

    def take(self) -> WarmSandbox | None:
        """A warm sandbox; None tells the caller to start one. Waits while all are busy."""
        with self._lock:
            if not self._queue and self._idle:
                return self._idle.pop()
            if not self._queue and self._places < self._limit:
                self._places += 1
                return None
            ticket = _Ticket()
            self._queue.append(ticket)
        ticket.called.wait()
        return ticket.warm

    def give_back(self, warm: WarmSandbox | None) -> None:
        if warm and (self._closed or not warm.sandbox.alive or expired(warm.sandbox.started_at)):
            self._dispose(warm)
            warm = None
        with self._lock:
            if self._queue:
                ticket = self._queue.popleft()
                ticket.warm = warm
                ticket.called.set()
            elif warm:
                warm.idle_since = time.monotonic()
                self._idle.append(warm)
            else:
                self._places -= 1

    def retire_idle(self, seconds: float) -> None:
        """End the sandboxes that nobody used for so long."""
        before = time.monotonic() - seconds
        with self._lock:
            old = [warm for warm in self._idle if warm.idle_since < before]
            self._idle = [warm for warm in self._idle if warm.idle_since >= before]
            self._places -= len(old)
        for warm in old:
            self._dispose(warm)

    def close(self) -> None:
        """No sandbox stays warm any more; the busy ones finish."""
        self._closed = True
        self.retire_idle(-1.0)
