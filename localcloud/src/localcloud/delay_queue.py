"""Queues that deliver later and in order, as replication between Regions does."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from localcloud.clock import Clock

T = TypeVar("T")
log = logging.getLogger(__name__)


class Channel(NamedTuple):
    """Items of one channel stay in order: those of a bucket or table, between two Regions."""

    name: str
    source: str = ""
    target: str = ""


class _Queued(NamedTuple, Generic[T]):
    since: float  # time.monotonic
    item: T


class DelayQueue(Generic[T]):
    """Hands items to ``deliver`` after ``lag`` AWS seconds, in order in each channel.

    A paused channel keeps its items until it is resumed. A new lag holds for items that wait.
    """

    def __init__(
        self, clock: Clock, lag: float, deliver: Callable[[Channel, T], None], name: str
    ) -> None:
        self._clock = clock
        self._lag = lag
        self._deliver = deliver
        self._changed = threading.Condition()
        self._channels: dict[Channel, deque[_Queued[T]]] = {}
        self._pauses: list[tuple[str | None, ...]] = []
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

    def pause(
        self, name: str | None = None, source: str | None = None, target: str | None = None
    ) -> None:
        """Hold back channels (None: any), after what is being delivered; equal pauses add up."""
        with self._changed:
            self._pauses.append((name, source, target))
            if threading.current_thread() is not self._thread:
                self._changed.wait_for(lambda: not self._busy)

    def resume(
        self, name: str | None = None, source: str | None = None, target: str | None = None
    ) -> None:
        """Take back one ``pause`` with the same arguments, if there is one."""
        with self._changed:
            if (name, source, target) in self._pauses:
                self._pauses.remove((name, source, target))
            self._changed.notify_all()

    def pending(self, name: str | None = None) -> int:
        """Return how many items (of a bucket or table) have not arrived."""
        with self._changed:
            channels = self._channels.items()
            return sum(len(queue) for channel, queue in channels if name in (None, channel.name))

    def backlog(self) -> list[tuple[T, float]]:
        """Items that have not arrived, and for how many real seconds they have waited."""
        with self._changed:
            now = time.monotonic()
            queues = list(self._channels.values())
            return [(queued.item, now - queued.since) for queue in queues for queued in queue]

    def settled(self, timeout: float = 10.0) -> bool:
        """Wait for all items of channels that are not paused; False after ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._busy and not self._moving(), timeout)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join(timeout=5)

    def _moving(self) -> list[tuple[float, Channel]]:
        """When the first item of each channel that is not paused is due."""
        wait = self._clock.real_seconds(self._lag)
        return [
            (queue[0].since + wait, channel)
            for channel, queue in self._channels.items()
            if queue and not self._is_paused(channel)
        ]

    def _is_paused(self, channel: Channel) -> bool:
        return any(
            all(expected in (None, actual) for expected, actual in zip(pause, channel, strict=True))
            for pause in self._pauses
        )

    def _run(self) -> None:
        while (following := self._next()) is not None:
            channel, item = following
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
