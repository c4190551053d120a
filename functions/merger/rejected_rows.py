"""Reads the rejected rows of an attempt from the errors table, and formats them as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from common.csv_text import format_row
from common.formulas import neutralise
from common.records import INPUT_COLUMNS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

HEADER = ("row", "line", "reasons", *INPUT_COLUMNS, "raw")


class Reject(NamedTuple):
    """The number of a row, and its cells as HEADER names them."""

    row: int
    cells: list[str]


class RejectedRows:
    """Gives the rejects of an attempt in one pass, since a query orders them by row number.

    It begins with the first row after `after`.
    """

    def __init__(
        self, dynamodb: DynamoDBClient, table: str, attempt_id: str, after: int = 0
    ) -> None:
        self._items = _items(dynamodb, table, attempt_id, after)
        self._next = next(self._items, None)

    def of_rows(self, rows: Iterable[int]) -> Iterator[Reject]:
        """Yield the rejects of these rows, which ascend from call to call.

        Rejects of other rows are of an earlier try at a chunk, and are passed over.
        """
        for row in rows:
            while self._next and self._next.row < row:
                self._next = next(self._items, None)
            if self._next and self._next.row == row:
                yield self._next


def _items(dynamodb: DynamoDBClient, table: str, attempt_id: str, after: int) -> Iterator[Reject]:
    """Yield the rejects of all pages by row number, the sort key."""
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="attempt_id = :attempt_id AND #row > :after",
        ExpressionAttributeNames={"#row": "row"},
        ExpressionAttributeValues={":attempt_id": {"S": attempt_id}, ":after": {"N": str(after)}},
        ConsistentRead=True,
    )
    for page in pages:
        yield from map(_reject, page["Items"])


def _reject(item: Mapping[str, Any]) -> Reject:
    """Read an item as DynamoDB returns it; several reasons are joined by `; `."""
    fields = item["fields"]["M"] if "fields" in item else {}
    values = [fields[column]["S"] if column in fields else "" for column in INPUT_COLUMNS]
    reasons = "; ".join(reason["S"] for reason in item["reasons"]["L"])
    raw = item["raw"]["S"] if "raw" in item else ""
    row, line = item["row"]["N"], item["line"]["N"]
    return Reject(int(row), [row, line, reasons, *values, raw])


def format_reject(reject: Reject) -> str:
    """Return one CSV row.

    People open rejects in a spreadsheet to correct them, so no cell of them is a formula.
    """
    return format_row([neutralise(cell) for cell in reject.cells])
