"""Names and calls that the tests of several functions share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import dns.resolver
import pytest
from boto3.dynamodb.types import TypeDeserializer
from botocore.exceptions import ClientError

from common.runs import Item
from common.state_table import StateTable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

BUCKET = "batch-unit"
STATE_TABLE, ERRORS_TABLE, FINANCIAL_TABLE = "batch-state", "batch-errors", "financial-data"


def put_object(s3: S3Client, key: str, body: bytes) -> str:
    """Store an object; return its version id."""
    return s3.put_object(Bucket=BUCKET, Key=key, Body=body)["VersionId"]


def read_object(s3: S3Client, key: str) -> bytes:
    """Return the bytes of the newest version."""
    return s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()


def all_items(dynamodb: DynamoDBClient) -> list[dict[str, Any]]:
    """Return the items of the state table as plain values, in the order of their keys."""
    deserialize = TypeDeserializer().deserialize
    items = [
        {name: deserialize(value) for name, value in item.items()}
        for item in dynamodb.scan(TableName=STATE_TABLE)["Items"]
    ]
    return sorted(items, key=lambda item: (item["owner"], item["item"]))


def write_item(state: StateTable, item: Item) -> None:
    """Store an item as the Region did that it belongs to."""
    StateTable(state.dynamodb, state.table, item["region"], "").create(item)


def set_environment(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    """Set the settings of a function."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def set_active_region(monkeypatch: pytest.MonkeyPatch, *regions: str) -> None:
    """Make the TXT record answer these values; a value is sent in pieces."""
    pieces = [[region.encode()[:4], region.encode()[4:]] for region in regions]
    answer = [MagicMock(strings=strings) for strings in pieces]
    monkeypatch.setattr(dns.resolver, "resolve", lambda *_, **__: answer)


def replace_client(monkeypatch: pytest.MonkeyPatch, app: Any, name: str) -> MagicMock:
    """Replace a client of a function, such as app.SNS."""
    client = MagicMock()
    monkeypatch.setattr(app, name, client)
    return client


def raising(code: str, status: int = 400) -> Callable[..., Any]:
    """Return a client method that raises this error."""

    def call(**_: Any) -> Any:
        response: Any = {
            "Error": {"Code": code, "Message": "the message"},
            "ResponseMetadata": {"HTTPStatusCode": status},
        }
        raise ClientError(response, "Operation")

    return call
