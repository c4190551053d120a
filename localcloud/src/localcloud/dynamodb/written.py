"""Which items a write call touches, read from its body."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Body = dict[str, Any]
# A table's name, and a map that holds the key's attributes (perhaps among others).
Touched = tuple[str, dict[str, Any]]


def table_name(name_or_arn: str) -> str:
    """Operations take ``arn:aws:dynamodb:…:table/name``, too."""
    return name_or_arn.rsplit("/", 1)[-1]


def _single(body: Body) -> Iterator[Touched]:
    yield table_name(body["TableName"]), body.get("Item") or body["Key"]


def _batch(body: Body) -> Iterator[Touched]:
    for name, requests in body["RequestItems"].items():
        for request in requests:
            ((kind, what),) = request.items()
            yield table_name(name), what["Item" if kind == "PutRequest" else "Key"]


def _transaction(body: Body) -> Iterator[Touched]:
    for entry in body["TransactItems"]:
        ((kind, what),) = entry.items()
        if kind != "ConditionCheck":
            yield table_name(what["TableName"]), what.get("Item") or what["Key"]


TOUCHED_BY: dict[str, Callable[[Body], Iterator[Touched]]] = {
    "PutItem": _single,
    "UpdateItem": _single,
    "DeleteItem": _single,
    "BatchWriteItem": _batch,
    "TransactWriteItems": _transaction,
}
