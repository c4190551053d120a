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


class Channel(NamedTuple):
    """What keeps order: a bucket or a table, from one Region to another."""

    name: str
    source: str = ""
    target: str = ""


@dataclass(frozen=True)
class Pause:
    """Channels that do not move; None matches every name or Region."""

    name: str | None = None
    source: str | None = None
    target: str | None = None

    def covers(self, channel: Channel) -> bool:
        pairs = zip((self.name, self.source, self.target), channel, strict=True)
        return all(wanted is None or wanted == actual for wanted, actual in pairs)


@dataclass
class _Queued(Generic[T]):
    since: float  # time.monotonic
    item: T


class DelayQueue(Generic[T]):
    """Hands items to ``deliver`` after ``lag`` AWS seconds, in order in each channel.

    A channel that is paused keeps its items; they arrive as soon as it is resumed. A new lag holds
    for items that wait already, too.
    """

    def __init__(
        self, clock: Clock, lag: float, deliver: Callable[[Channel, T], None], name: str
    ) -> None:
        self._clock = clock
        self._lag = lag
        self._deliver = deliver
        self._changed = threading.Condition()
        self._channels: dict[Channel, deque[_Queued[T]]] = {}
        self._pauses: list[Pause] = []
        self._busy = False
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def put(self, channel: Channel, item: T) -> None:
        with self._changed:
            self._channels.setdefault(channel, deque()).append(_Queued(time.monotonic(), item))
            self._changed.notify_all()

    def set_lag(self, seconds: float) -> None:
        """``seconds`` of AWS time."""
        with self._changed:
            self._lag = seconds
            self._changed.notify_all()

    def pause(self, pause: Pause) -> None:
        """Pauses add up: a channel moves when none covers it. On return nothing is under way."""
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

    def waiting(self, of: Callable[[Channel], bool] = lambda _: True) -> int:
        """How many items have not arrived."""
        with self._changed:
            return sum(len(queue) for channel, queue in self._channels.items() if of(channel))

    def backlog(self) -> list[tuple[T, float]]:
        """What has not arrived, and for how many real seconds it has waited."""
        with self._changed:
            now = time.monotonic()
            queues = list(self._channels.values())
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

    def _moving(self) -> list[tuple[float, Channel]]:
        """When the first item of each channel that moves is due."""
        wait = self._clock.real_seconds(self._lag)
        return [
            (queue[0].since + wait, channel)
            for channel, queue in self._channels.items()
            if queue and not any(pause.covers(channel) for pause in self._pauses)
        ]

    def _run(self) -> None:
        while (found := self._next()) is not None:
            channel, item = found
            try:
                self._deliver(channel, item)
            except Exception:
                log.exception("delivery failed inside the local cloud", extra={"channel": channel})
            with self._changed:
                self._busy = False
                self._changed.notify_all()

    def _next(self) -> tuple[Channel, T] | None:
        with self._changed:
            while not self._closed:
                due = min(self._moving(), default=None)
                if due is None:
                    self._changed.wait()
                elif (remaining := due[0] - time.monotonic()) > 0:
                    self._changed.wait(remaining)
                else:
                    self._busy = True
                    return due[1], self._channels[due[1]].popleft().item
            return None
