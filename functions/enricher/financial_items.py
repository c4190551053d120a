"""Reads items of the financial table, many in one request."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Of one request: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
MOST_ITEMS = 100
_THROTTLED = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
}
# Before each request for the keys that DynamoDB left out, as its documentation advises.
_PAUSES = (0.05, 0.1, 0.2, 0.4)


class TableThrottled(Exception):
    """DynamoDB has no capacity for the table now."""


def financial_items(
    dynamodb: DynamoDBClient, table: str, uuids: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """Return uuid → item, for each of at most MOST_ITEMS that has one. Raises TableThrottled."""
    keys: Any = [{"uuid": {"S": uuid}} for uuid in dict.fromkeys(uuids)]
    items: dict[str, dict[str, Any]] = {}
    for pause in (*_PAUSES, None):
        response = _batch_get(dynamodb, table, keys)
        items |= {item["uuid"]["S"]: item for item in response["Responses"].get(table, [])}
        keys = response.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
        if not keys:
            return items
        if pause:
            time.sleep(pause)
    raise TableThrottled


def _batch_get(dynamodb: DynamoDBClient, table: str, keys: Any) -> Any:
    try:
        return dynamodb.batch_get_item(RequestItems={table: {"Keys": keys}})
    except ClientError as error:
        if error.response["Error"]["Code"] in _THROTTLED:
            raise TableThrottled from error
        raise
