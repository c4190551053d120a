"""Replicas of global tables: every write arrives in the other Regions, and the last writer wins.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from localcloud.clock import Clock
from localcloud.delay_queue import Channel, DelayQueue, Pause
from localcloud.dynamodb.tables import Attributes, Key, Tables, items_of, key_of, read, write
from localcloud.gateway.moto_bridge import service_lock


@dataclass(frozen=True)
class Write:
    """An item as a write in one Region left it; ``stamp`` is greater for the later write."""

    key: Key
    item: Attributes | None
    stamp: int


class Replicas:
    """Which tables are replicated where, and the writes on their way.

    In one process the order of writes is known exactly; it stands for AWS's time stamps. Whoever
    reads or writes items holds moto's lock, so a write and its stamp are one step.
    """

    def __init__(self, clock: Clock, lag: float, tables: Tables) -> None:
        self._tables = tables
        self._regions: dict[str, list[str]] = {}
        self._stamps: dict[tuple[str, str, Key], int] = {}  # table, Region, key
        self._next_stamp = count(1)
        self._queue: DelayQueue[Write] = DelayQueue(
            clock, lag, self._arrive, "dynamodb-replication"
        )

    # The switches of a demonstration, a test, a FIS experiment.

    def pause(
        self, table: str | None = None, source: str | None = None, target: str | None = None
    ) -> None:
        """Stop the writes of ``table`` from Region ``source`` to Region ``target`` (None: any)."""
        self._queue.pause(Pause(table, source, target))

    def resume(
        self, table: str | None = None, source: str | None = None, target: str | None = None
    ) -> None:
        """Take back the ``pause`` with the same arguments; what waited arrives at once."""
        self._queue.resume(Pause(table, source, target))

    def set_lag(self, seconds: float) -> None:
        """``seconds`` of AWS time; holds for what waits already."""
        self._queue.set_lag(seconds)

    def settled(self, timeout: float = 10.0) -> bool:
        """Wait until all that is not paused has arrived."""
        return self._queue.settled(timeout)

    def pending(self, table: str | None = None) -> int:
        """How many writes (of ``table``) have not arrived."""
        return self._queue.waiting(lambda channel: table in (None, channel.name))

    def close(self) -> None:
        self._queue.close()

    # What the API needs

    def __bool__(self) -> bool:
        return bool(self._regions)

    def names(self) -> list[str]:
        return list(self._regions)

    def others(self, table: str, region: str) -> list[str]:
        """The Regions of the other replicas; none if the table in ``region`` is no replica."""
        regions = self._regions.get(table, [])
        return [other for other in regions if other != region] if region in regions else []

    def add(self, table: str, region: str, new: str) -> None:
        """Make a replica in Region ``new``, with the items of the table in ``region``."""
        with service_lock("dynamodb"):
            source = self._tables.backend(region).get_table(table)
            made = self._tables.copy_empty(source, new)
            for key, item in items_of(source):
                write(made, key, item)
                self._stamps[table, new, key] = self._stamps.get((table, region, key), 0)
            self._regions.setdefault(table, [region]).append(new)

    def forget(self, table: str, region: str) -> None:
        """The replica in ``region`` is gone. One that is left alone is a plain table again."""
        with service_lock("dynamodb"):
            regions = self._regions.get(table, [])
            if region not in regions:
                return
            regions.remove(region)
            gone = {region} if len(regions) > 1 else {region, *regions}
            if len(regions) < 2:
                del self._regions[table]
            self._stamps = {
                about: stamp
                for about, stamp in self._stamps.items()
                if about[0] != table or about[1] not in gone
            }

    def written(self, table: str, region: str, attributes: Attributes) -> None:
        """The item with this key was written in ``region``; moto's lock is held since before."""
        found = self._tables.find(region, table)
        others = self.others(table, region)
        if found is None or not others:
            return
        key = key_of(found, attributes)
        change = Write(key, read(found, key), next(self._next_stamp))
        self._stamps[table, region, key] = change.stamp
        for other in others:
            self._queue.put(Channel(table, region, other), change)

    def _arrive(self, channel: Channel, change: Write) -> None:
        with service_lock("dynamodb"):
            table = self._tables.find(channel.target, channel.name)
            if table is None or channel.target not in self.others(channel.name, channel.source):
                return  # the replica was removed in the meantime
            about = (channel.name, channel.target, change.key)
            if change.stamp > self._stamps.get(about, 0):
                self._stamps[about] = change.stamp
                write(table, change.key, change.item)
