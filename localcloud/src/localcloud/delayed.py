"""Things that arrive later, in order: what replication between Regions is made of."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from localcloud.clock import Clock

T = TypeVar("T")
log = logging.getLogger(__name__)


class Lane(NamedTuple):
    """What keeps order: a bucket or a table, from one Region to another."""

    name: str
    source: str = ""
    target: str = ""


@dataclass(frozen=True)
class Pause:
    """Lanes that do not move; None matches every name or Region."""

    name: str | None = None
    source: str | None = None
    target: str | None = None

    def covers(self, lane: Lane) -> bool:
        pairs = zip((self.name, self.source, self.target), lane, strict=True)
        return all(wanted is None or wanted == actual for wanted, actual in pairs)


@dataclass
class _Queued(Generic[T]):
    since: float  # time.monotonic
    item: T


class Delayed(Generic[T]):
    """Hands items to ``deliver`` after ``lag`` AWS seconds, in order in each lane, on one thread.

    A lane that is paused keeps its items; they arrive as soon as it is resumed. A new lag holds
    for items that wait already, too.
    """

    def __init__(
        self, clock: Clock, lag: float, deliver: Callable[[Lane, T], None], name: str
    ) -> None:
        self._clock = clock
        self._lag = lag
        self._deliver = deliver
        self._changed = threading.Condition()
        self._lanes: dict[Lane, deque[_Queued[T]]] = {}
        self._pauses: list[Pause] = []
        self._busy = False
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def put(self, lane: Lane, item: T) -> None:
        with self._changed:
            self._lanes.setdefault(lane, deque()).append(_Queued(time.monotonic(), item))
            self._changed.notify_all()

    def set_lag(self, seconds: float) -> None:
        """``seconds`` of AWS time."""
        with self._changed:
            self._lag = seconds
            self._changed.notify_all()

    def pause(self, pause: Pause) -> None:
        """Pauses add up: a lane moves when none covers it. On return nothing is under way."""
        with self._changed:
            self._pauses.append(pause)
            if threading.current_thread() is not self._thread:
                self._changed.wait_for(lambda: not self._busy)

    def resume(self, pause: Pause) -> None:
        """Take back one ``pause``; without effect if there is none such."""
        with self._changed:
            if pause in self._pauses:
                self._pauses.remove(pause)
            self._changed.notify_all()

    def waiting(self, of: Callable[[Lane], bool] = lambda _: True) -> int:
        """How many items have not arrived."""
        with self._changed:
            return sum(len(queue) for lane, queue in self._lanes.items() if of(lane))

    def backlog(self) -> list[tuple[T, float]]:
        """What has not arrived, and for how many real seconds it has waited."""
        with self._changed:
            now = time.monotonic()
            queues = list(self._lanes.values())
            return [(one.item, now - one.since) for queue in queues for one in queue]

    def settled(self, timeout: float = 10.0) -> bool:
        """Wait until all that is not paused has arrived; False after ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._busy and not self._moving(), timeout)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join(timeout=5)

    def _moving(self) -> list[tuple[float, Lane]]:
        """When the first item of each lane that moves is due."""
        wait = self._clock.real_seconds(self._lag)
        return [
            (queue[0].since + wait, lane)
            for lane, queue in self._lanes.items()
            if queue and not any(pause.covers(lane) for pause in self._pauses)
        ]

    def _run(self) -> None:
        while (found := self._next()) is not None:
            lane, item = found
            try:
                self._deliver(lane, item)
            except Exception:
                log.exception("delivery failed inside the local cloud", extra={"lane": lane})
            with self._changed:
                self._busy = False
                self._changed.notify_all()

    def _next(self) -> tuple[Lane, T] | None:
        with self._changed:
            while not self._closed:
                due = min(self._moving(), default=None)
                if due is None:
                    self._changed.wait()
                elif (remaining := due[0] - time.monotonic()) > 0:
                    self._changed.wait(remaining)
                else:
                    self._busy = True
                    return due[1], self._lanes[due[1]].popleft().item
            return None
