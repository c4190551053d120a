"""An S3 notification, and the row of its run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from common import keys
from tests.unit.helpers import STATE_TABLE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Trigger = Callable[[dict[str, Any]], Any]
KEY, ENCODED_KEY = "input/año 1+1.csv", "input/a%C3%B1o+1%2B1.csv"
RUN_ID = keys.run_id(KEY, "v1")


def notification(key: str = ENCODED_KEY, size: int = 5, version_id: str = "v1") -> dict[str, Any]:
    s3_object = {"key": key, "versionId": version_id, "size": size, "sequencer": "0055"}
    return {"Records": [{"eventName": "ObjectCreated:Put", "s3": {"object": s3_object}}]}


def read_row(dynamodb: DynamoDBClient) -> Any:
    return dynamodb.get_item(TableName=STATE_TABLE, Key={"run_id": {"S": RUN_ID}}).get("Item")


def write_row(
    dynamodb: DynamoDBClient, status: str, region: str = "us-east-1", attempt: str = "1"
) -> None:
    item: Any = {
        "run_id": {"S": RUN_ID},
        "status": {"S": status},
        "region": {"S": region},
        "attempt": {"N": attempt},
    }
    dynamodb.put_item(TableName=STATE_TABLE, Item=item)
