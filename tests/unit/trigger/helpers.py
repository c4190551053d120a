"""An S3 notification, and the items of its run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from common.attempts import AttemptId
from common.runs import InputVersion, attempt_item
from common.state_table import StateTable
from tests.unit import helpers
from tests.unit.helpers import STATE_TABLE, all_items

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Trigger = Callable[[dict[str, Any]], Any]
HERE, THERE = "us-east-1", "us-west-2"
KEY, ENCODED_KEY = "input/año 1+1.csv", "input/a%C3%B1o+1%2B1.csv"
VERSION = InputVersion(KEY, "v1", 5)
RUN_ID = VERSION.run_id


def notification(key: str = ENCODED_KEY, size: int = 5, version_id: str = "v1") -> dict[str, Any]:
    s3_object = {"key": key, "versionId": version_id, "size": size, "sequencer": "0055"}
    return {"Records": [{"eventName": "ObjectCreated:Put", "s3": {"object": s3_object}}]}


def write_item(
    dynamodb: DynamoDBClient, status: str, region: str = HERE, number: int = 1, **attributes: Any
) -> None:
    """Write the item of an attempt, as its Region did."""
    item = attempt_item(AttemptId(RUN_ID, number), region, VERSION, status)
    helpers.write_item(StateTable(dynamodb, STATE_TABLE, region, ""), item | attributes)


def statuses(dynamodb: DynamoDBClient) -> dict[str, str]:
    """Return the status of each item, by its keys."""
    return {f"{item['owner']} {item['item']}": item["status"] for item in all_items(dynamodb)}
