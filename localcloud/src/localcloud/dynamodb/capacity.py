"""Request units that DynamoDB bills for reads and writes on demand.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

import json
import math
from collections.abc import Iterable
from typing import Any

from moto.dynamodb.models.table import Table

from localcloud.dynamodb.replicas import WRITE_TARGETS, Replicas, table_name
from localcloud.dynamodb.tables import Attributes, find_table, key_of, read
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.moto_bridge import service_lock
from localcloud.usage import Usage, units

_READ_BYTES, _WRITE_BYTES = 4096, 1024
_READS = ("GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems")
_REFUSED_BY_CONDITION = (b"ConditionalCheckFailed", b"TransactionCanceled")
Body = dict[str, Any]
Items = list[tuple[str, Attributes | None]]  # with the names of their tables


class CapacityMeter:
    """Counts the units of each call, from its items as they are before it and after it."""

    def __init__(self, usage: Usage, replicas: Replicas) -> None:
        self._usage = usage
        self._replicas = replicas

    def items(self, call: Call, body: Body) -> Items:
        """Those that a write names, as they are now; none for another call."""
        if call.name not in WRITE_TARGETS:
            return []
        try:
            with service_lock("dynamodb"):
                targets = WRITE_TARGETS[call.name](body)
                return [(name, self._stored(call.region, name, key)) for name, key in targets]
        except (KeyError, ValueError, TypeError):
            return []  # the call is going to be refused

    def count(self, call: Call, body: Body, before: Items, response: Response) -> None:
        is_done = response.status < 300
        if call.name in _READS and is_done:
            self._count_read(call, body, json.loads(response.body))
        elif before and is_done:
            self._count_writes(call, before, self.items(call, body))
        elif before and any(code in response.body for code in _REFUSED_BY_CONDITION):
            # A refused write "still consumes write capacity": of the Region's own table.
            # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html
            for name, item in before:
                amount = _factor(call) * write_units(item_size(item))
                self._usage.add(units.WRITE_UNITS, call.region, name, amount)

    def _stored(self, region: str, name: str, attributes: Attributes) -> Attributes | None:
        table = find_table(region, name)
        return read(table, key_of(table, attributes)) if table else None

    def _count_writes(self, call: Call, before: Items, after: Items) -> None:
        for (name, old), (_, new) in zip(before, after, strict=True):
            amount = _factor(call) * write_units(max(item_size(old), item_size(new)))
            self._count_write(call.region, name, amount)
            if table := find_table(call.region, name):
                for region in (call.region, *self._replicas.other_regions(name, call.region)):
                    for_indexes = index_units(table, old, new)
                    self._usage.add(units.WRITE_UNITS, region, name, for_indexes)

    def _count_write(self, region: str, name: str, amount: int) -> None:
        """Count rWRUs in every Region of a global table; its indexes are billed WRUs.

        https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/global-tables-billing.html
        """
        others = self._replicas.other_regions(name, region)
        unit = units.REPLICATED_WRITE_UNITS if others else units.WRITE_UNITS
        for replica_region in (region, *others):
            self._usage.add(unit, replica_region, name, amount)

    def _count_read(self, call: Call, body: Body, answer: Body) -> None:
        if call.name in ("Query", "Scan"):
            size = sum(map(item_size, answer.get("Items", ())))
            self._add_read(call, body["TableName"], size, _weight(body))
        elif call.name == "GetItem":
            self._add_read(call, body["TableName"], item_size(answer.get("Item")), _weight(body))
        elif call.name == "TransactGetItems":
            names = [entry["Get"]["TableName"] for entry in body["TransactItems"]]
            for name, entry in zip(names, answer.get("Responses", ()), strict=False):
                self._add_read(call, name, item_size(entry.get("Item")), 2.0)
        else:
            for name, request in body["RequestItems"].items():
                self._count_batch(call, name, request, answer.get("Responses", {}).get(name, ()))

    def _count_batch(
        self, call: Call, name: str, request: Body, items: Iterable[Attributes]
    ) -> None:
        """Each key is billed, also one that has no item."""
        sizes = [item_size(item) for item in items]
        for size in sizes + [0] * (len(request["Keys"]) - len(sizes)):
            self._add_read(call, name, size, _weight(request))

    def _add_read(self, call: Call, name: str, size: int, weight: float) -> None:
        amount = weight * max(1, math.ceil(size / _READ_BYTES))
        self._usage.add(units.READ_UNITS, call.region, table_name(name), amount)


def write_units(size: int) -> int:
    return max(1, math.ceil(size / _WRITE_BYTES))


def index_units(table: Table, old: Attributes | None, new: Attributes | None) -> int:
    """Units of a write in the table's indexes, which are taken to project all attributes.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations
    """
    amount = 0
    for index in table.global_indexes:
        names = [key["AttributeName"] for key in index.schema]
        before, after = _index_key(old, names), _index_key(new, names)
        if before and after and before != after:  # the old entry goes, a new one comes
            amount += write_units(item_size(old)) + write_units(item_size(new))
        elif (before or after) and old != new:
            amount += write_units(max(item_size(old), item_size(new)))
    return amount


def _index_key(item: Attributes | None, names: list[str]) -> list[Any] | None:
    """None if the item is not in the index."""
    if item is None or not all(name in item for name in names):
        return None
    return [item[name] for name in names]


def item_size(item: Attributes | None) -> int:
    """Names and values in bytes; a number takes about a byte for two digits, and one more."""
    return sum(len(name.encode()) + _size(value) for name, value in (item or {}).items())


def _size(value: dict[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind in ("BOOL", "NULL"):
        return 1
    if kind == "M":
        return 3 + sum(len(name.encode()) + _size(inner) + 1 for name, inner in content.items())
    if kind == "L":
        return 3 + sum(_size(element) + 1 for element in content)
    if kind in ("SS", "NS", "BS"):
        return sum(_scalar_size(kind[0], element) for element in content)
    return _scalar_size(kind, content)


def _scalar_size(kind: str, content: Any) -> int:
    if kind == "N":
        mantissa = str(content).lower().split("e")[0]
        digits = len("".join(filter(str.isdigit, mantissa)).strip("0"))
        return min(21, (digits + 1) // 2 + 1)
    if kind == "S":
        return len(content.encode())
    return len(content) if isinstance(content, bytes) else len(content) * 3 // 4  # base64


def _factor(call: Call) -> int:
    return 2 if call.name == "TransactWriteItems" else 1


def _weight(request: Body) -> float:
    return 1.0 if request.get("ConsistentRead") else 0.5
