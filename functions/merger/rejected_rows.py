"""Reads the rejected rows of an attempt from the errors table, and formats them as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer

from common.csv_text import format_row
from common.records import INPUT_COLUMNS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

HEADER = ("row", "reasons", *INPUT_COLUMNS, "raw")
_deserialize = TypeDeserializer().deserialize


def rejected_rows(
    dynamodb: DynamoDBClient, table: str, attempt_id: str
) -> Iterator[dict[str, Any]]:
    """Yield the items of all pages by row number, the sort key, by which a query orders them."""
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="attempt_id = :attempt_id",
        ExpressionAttributeValues={":attempt_id": {"S": attempt_id}},
        ConsistentRead=True,
    )
    for page in pages:
        for item in page["Items"]:
            yield {name: _deserialize(value) for name, value in item.items()}


def format_reject(item: Mapping[str, Any]) -> str:
    """Return one CSV row; several reasons are joined by `; `."""
    fields = item.get("fields", {})
    values = [fields.get(column, "") for column in INPUT_COLUMNS]
    return format_row([str(item["row"]), "; ".join(item["reasons"]), *values, item.get("raw", "")])
