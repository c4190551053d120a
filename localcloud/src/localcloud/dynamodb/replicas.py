"""Replicas of global tables: every write arrives in the other Regions, and the last writer wins.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from moto.dynamodb.models.dynamo_type import Item

from localcloud.clock import Clock
from localcloud.delay_queue import Channel, DelayQueue
from localcloud.dynamodb.tables import (
    Attributes,
    Key,
    backend_of,
    copy_empty,
    find_table,
    items_of,
    key_of,
    store,
    unshare,
)
from localcloud.gateway.moto_bridge import service_lock

Body = dict[str, Any]
# A table's name, and attributes of the item, those of the key among them.
Target = tuple[str, dict[str, Any]]


def table_name(name_or_arn: str) -> str:
    """Return the name; operations also take ``arn:aws:dynamodb:…:table/name``."""
    return name_or_arn.rsplit("/", 1)[-1]


def _single(body: Body) -> Iterator[Target]:
    yield table_name(body["TableName"]), body["Item"] if "Item" in body else body["Key"]


def _batch(body: Body) -> Iterator[Target]:
    for name, requests in body["RequestItems"].items():
        for request in requests:
            ((kind, details),) = request.items()
            yield table_name(name), details["Item" if kind == "PutRequest" else "Key"]


def _transaction(body: Body) -> Iterator[Target]:
    for entry in body["TransactItems"]:
        ((kind, details),) = entry.items()
        if kind != "ConditionCheck":
            yield from _single(details)


WRITE_TARGETS: dict[str, Callable[[Body], Iterator[Target]]] = {
    "PutItem": _single,
    "UpdateItem": _single,
    "DeleteItem": _single,
    "BatchWriteItem": _batch,
    "TransactWriteItems": _transaction,
}


@dataclass(frozen=True)
class Write:
    """An item after a write in one Region; ``stamp`` is greater for the later write."""

    key: Key
    item: Item | None
    stamp: int


class Replicas(DelayQueue[Write]):
    """Which tables are replicated where, and the writes on their way.

    In one process the order of writes is known exactly; it stands for AWS's time stamps. Whoever
    reads or writes items holds moto's lock, so a write and its stamp are one step.
    """

    def __init__(self, clock: Clock, lag: float) -> None:
        super().__init__(clock, lag, self._arrive, "dynamodb-replication")
        self._regions: dict[str, list[str]] = {}
        # The stamps of an item (table, key) by Region, as long as a write of it is on its way.
        self._stamps: defaultdict[tuple[str, Key], dict[str, int]] = defaultdict(dict)
        self._writes: Counter[tuple[str, Key]] = Counter()
        self._next_stamp = count(1)

    def names(self) -> list[str]:
        return list(self._regions)

    def other_regions(self, table: str, region: str) -> list[str]:
        """Return the Regions of the other replicas; none if the table here is no replica."""
        regions = self._regions.get(table, [])
        return [other for other in regions if other != region] if region in regions else []

    def add(self, table: str, region: str, target: str) -> None:
        """Create a replica in Region ``target``, with the items of the table in ``region``."""
        with service_lock("dynamodb"):
            source = backend_of(region).get_table(table)
            replica = copy_empty(source, target)
            for key, item in items_of(source):
                store(replica, key, item)
            for (name, _), stamps in self._stamps.items():
                if name == table and region in stamps:
                    stamps[target] = stamps[region]
            self._regions.setdefault(table, [region]).append(target)

    def remove(self, table: str, region: str) -> None:
        """Forget the replica in ``region``. A last remaining one is a plain table again."""
        with service_lock("dynamodb"):
            regions = self._regions.get(table, [])
            if region not in regions:
                return
            regions.remove(region)
            removed = {region} if len(regions) > 1 else {region, *regions}
            if len(regions) < 2:
                del self._regions[table]
            for (name, _), stamps in self._stamps.items():
                if name == table:
                    for removed_region in removed:
                        stamps.pop(removed_region, None)

    def prepare(self, table_name: str, region: str, attributes: Attributes) -> None:
        """Before an update of the item in ``region``, under moto's lock."""
        table = find_table(region, table_name)
        if table and attributes.keys() >= set(table.table_key_attrs):
            unshare(table, key_of(table, attributes))

    def replicate(self, table_name: str, region: str, attributes: Attributes) -> None:
        """Queue the item with this key, just written in ``region``. The caller has moto's lock."""
        table = find_table(region, table_name)
        regions = self.other_regions(table_name, region)
        if table is None or not regions:
            return
        key = key_of(table, attributes)
        change = Write(key, table.get_item(*key), next(self._next_stamp))
        self._stamps[table_name, key][region] = change.stamp
        self._writes[table_name, key] += len(regions)
        for other in regions:
            self.put(Channel(table_name, region, other), change)

    def _arrive(self, channel: Channel, change: Write) -> None:
        name, source, target = channel
        with service_lock("dynamodb"):
            table = find_table(target, name)
            stamps = self._stamps[name, change.key]
            is_replica = target in self.other_regions(name, source)  # not removed in the meantime
            if table and is_replica and change.stamp > stamps.get(target, 0):
                stamps[target] = change.stamp
                store(table, change.key, change.item)
            self._writes[name, change.key] -= 1
            if not self._writes[name, change.key]:
                del self._writes[name, change.key], self._stamps[name, change.key]
