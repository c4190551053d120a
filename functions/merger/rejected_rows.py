"""Reads the rejected rows of a chunk from the errors table, and formats them as CSV."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from common.csv_text import format_row
from common.formulas import neutralise
from common.records import INPUT_COLUMNS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

HEADER = ("row", "line", "reasons", *INPUT_COLUMNS, "raw")


def rejected_rows(
    dynamodb: DynamoDBClient, table: str, chunk_key: str, rows: Collection[int]
) -> Iterator[str]:
    """Yield these rows of the chunk with this partition key, as CSV in their order.

    Other rows are of an earlier try at the chunk, and are passed over.
    """
    row_numbers = {str(row) for row in rows}
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="chunk = :chunk",
        ExpressionAttributeValues={":chunk": {"S": chunk_key}},
        ConsistentRead=True,
    )
    for page in pages:
        for item in page["Items"]:
            if item["row"]["N"] in row_numbers:
                yield format_row(_cells(item))


def _cells(item: Mapping[str, Any]) -> list[str]:
    """Return the cells that HEADER names of an item; several reasons are joined by `; `.

    People open rejects in a spreadsheet to correct them, so no cell of them is a formula.
    """
    fields = item["fields"]["M"] if "fields" in item else {}
    values = [fields[column]["S"] if column in fields else "" for column in INPUT_COLUMNS]
    reasons = "; ".join(reason["S"] for reason in item["reasons"]["L"])
    raw = item["raw"]["S"] if "raw" in item else ""
    cells = [item["row"]["N"], item["line"]["N"], reasons, *values, raw]
    return [neutralise(cell) for cell in cells]
