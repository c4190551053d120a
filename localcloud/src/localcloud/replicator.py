"""What replication between Regions shares, be it of objects or of items."""

from __future__ import annotations

from typing import Generic, TypeVar

from localcloud.clock import Clock
from localcloud.delay_queue import Channel, DelayQueue, Pause

T = TypeVar("T")


class Replicator(Generic[T]):
    """Base of a replication; its methods are for demonstrations, tests and FIS experiments.

    A subclass puts changes into ``_queue``; ``_deliver`` gets them after the lag.
    """

    def __init__(self, clock: Clock, lag: float, name: str) -> None:
        self._queue: DelayQueue[T] = DelayQueue(clock, lag, self._deliver, name)

    def pause(
        self, name: str | None = None, source: str | None = None, target: str | None = None
    ) -> None:
        """Stop what leaves a bucket or table, a Region, or goes to another (None: any)."""
        self._queue.pause(Pause(name, source, target))

    def resume(
        self, name: str | None = None, source: str | None = None, target: str | None = None
    ) -> None:
        """Undo the ``pause`` with the same arguments; what waited arrives at once."""
        self._queue.resume(Pause(name, source, target))

    def set_lag(self, seconds: float) -> None:
        """Set the lag to ``seconds`` of AWS time, also for what waits already."""
        self._queue.set_lag(seconds)

    def settled(self, timeout: float = 10.0) -> bool:
        """Wait until all that is not paused has arrived."""
        return self._queue.settled(timeout)

    def pending(self, name: str | None = None) -> int:
        """Return how many changes (of a bucket or table) have not arrived."""
        return self._queue.waiting(lambda channel: name in (None, channel.name))

    def close(self) -> None:
        self._queue.close()

    def _deliver(self, channel: Channel, item: T) -> None:
        raise NotImplementedError
