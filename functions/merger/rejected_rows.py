"""The rejects of a run, from the errors table to CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer

from common.csv_text import line
from common.records import INPUT_COLUMNS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

HEADER = ("row", "reasons", *INPUT_COLUMNS, "raw")
_deserialize = TypeDeserializer().deserialize


def rejected_rows(dynamodb: DynamoDBClient, table: str, run_id: str) -> Iterator[dict[str, Any]]:
    """The run's items of all pages, by row: a query answers in the order of the sort key."""
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="run_id = :run",
        ExpressionAttributeValues={":run": {"S": run_id}},
        ConsistentRead=True,
    )
    for page in pages:
        for item in page["Items"]:
            yield {name: _deserialize(value) for name, value in item.items()}


def to_line(item: Mapping[str, Any]) -> str:
    """One CSV record; several reasons are joined by `; `."""
    fields = item.get("fields", {})
    known = [fields.get(column, "") for column in INPUT_COLUMNS]
    return line([str(item["row"]), "; ".join(item["reasons"]), *known, item.get("raw", "")])
