"""DynamoDB: each table or index that a request touches, with the keys of its items."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.backends import get_backend

from localcloud.gateway.identify import Call
from localcloud.iam.context import Keys
from localcloud.iam.permissions.model import Permission, Table, Unmapped, arguments

_TABLE = {
    "CreateTable", "DeleteTable", "DescribeTable", "UpdateTable",
    "GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan",
    "DescribeTimeToLive", "UpdateTimeToLive",
    "DescribeContinuousBackups", "UpdateContinuousBackups",
    "DescribeContributorInsights", "UpdateContributorInsights",
    "DescribeKinesisStreamingDestination", "DescribeTableReplicaAutoScaling", "CreateBackup",
}  # fmt: skip
_OTHER = Table(
    "dynamodb",
    {
        "ListTables": "*",
        "ListStreams": "*",
        "DescribeLimits": "*",
        "DescribeEndpoints": "*",
        "ListTagsOfResource": "{ResourceArn}",
        "TagResource": "{ResourceArn}",
        "UntagResource": "{ResourceArn}",
        "DescribeStream": "{StreamArn}",
        "GetShardIterator": "{StreamArn}",
        "DescribeExport": "{ExportArn}",
        "ExportTableToPointInTime": "{TableArn}",
    },
)
_TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}


def required_permissions(call: Call, account: str) -> list[Permission]:
    """Batches and transactions need the permission on every table they name."""
    name, given = call.name, arguments(call)
    tables = _Tables(call.region, account)
    if name in _TABLE:
        return [tables.permission(name, given)]
    if name in ("BatchGetItem", "BatchWriteItem"):
        return [
            tables.permission(name, {"TableName": table, "Items": items})
            for table, items in given["RequestItems"].items()
        ]
    if name in ("TransactGetItems", "TransactWriteItems"):
        return [
            tables.permission(_TRANSACTION[kind], request, name)
            for item in given["TransactItems"]
            for kind, request in item.items()
        ]
    return _OTHER.permissions(call, account)


class _Tables:
    """The tables of one Region."""

    def __init__(self, region: str, account: str) -> None:
        self._region, self._account = region, account

    def permission(self, action: str, given: dict[str, Any], operation: str = "") -> Permission:
        table = str(given.get("TableName", ""))
        if not table:
            raise Unmapped("a request without a table")
        arn = table
        if not table.startswith("arn:"):
            arn = f"arn:aws:dynamodb:{self._region}:{self._account}:table/{table}"
        if index := given.get("IndexName"):
            return Permission(
                f"dynamodb:{action}", f"{arn}/index/{index}", self._keys(arn, given, "")
            )
        return Permission(f"dynamodb:{action}", arn, self._keys(arn, given, operation))

    def _keys(self, arn: str, given: dict[str, Any], operation: str) -> Callable[[], Keys]:
        def make() -> Keys:
            keys: dict[str, str | list[str]] = {
                f"dynamodb:{key}": given[key]
                for key in ("Select", "ReturnValues", "ReturnConsumedCapacity")
                if key in given
            }
            if operation:
                keys["dynamodb:EnclosingOperation"] = operation
            if leading := self._leading_keys(arn, given):
                keys["dynamodb:LeadingKeys"] = leading
            return keys

        return make

    def _leading_keys(self, arn: str, given: dict[str, Any]) -> list[str]:
        """The partition keys of the items that the request names."""
        name = arn.rsplit("/", 1)[-1]
        table = get_backend("dynamodb")[self._account][self._region].tables.get(name)
        if table is None:
            return []
        items = [given.get("Key") or given.get("Item") or {}]
        for batch in _batch(given.get("Items")):
            items.append(batch)
        found = [item[table.hash_key_attr] for item in items if table.hash_key_attr in item]
        found += _queried(given, table.hash_key_attr)
        return [str(next(iter(value.values()))) for value in found]


def _batch(items: Any) -> list[dict[str, Any]]:
    if isinstance(items, dict):
        return list(items.get("Keys", []))
    requests = [next(iter(item.values())) for item in items or []]
    return [request.get("Item") or request.get("Key") for request in requests]


def _queried(given: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The partition key of a Query, from ``#name = :value``."""
    names = given.get("ExpressionAttributeNames", {})
    words = given.get("KeyConditionExpression", "").replace("=", " = ").replace("(", " ").split()
    values = given.get("ExpressionAttributeValues", {})
    for name, equals, value in zip(words, words[1:], words[2:], strict=False):
        if equals == "=" and names.get(name, name) == key:
            return [values[value.rstrip(")")]]
    return []
