"""Which items a write operation writes, read from its body."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Body = dict[str, Any]
# A table's name, and attributes of the item, those of the key among them.
Target = tuple[str, dict[str, Any]]


def table_name(name_or_arn: str) -> str:
    """Return the name; operations also take ``arn:aws:dynamodb:…:table/name``."""
    return name_or_arn.rsplit("/", 1)[-1]


def _single(body: Body) -> Iterator[Target]:
    yield table_name(body["TableName"]), body.get("Item") or body["Key"]


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
