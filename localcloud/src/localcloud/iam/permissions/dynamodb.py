"""DynamoDB: each table or index that a request touches, with the keys of its items."""

from typing import Any

from moto.backends import get_backend

from localcloud.gateway.identify import Call
from localcloud.iam.context import Keys
from localcloud.iam.permissions.aws_list import is_action
from localcloud.iam.permissions.model import Permission, arguments
from localcloud.iam.permissions.table import Table
from localcloud.settings import ACCOUNT_ID

TABLE = Table(
    "dynamodb",
    {"stream|table": "{ResourceArn}", "table": "{TableName|TableArn}"},
)
_TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}


def required_permissions(call: Call) -> list[Permission]:
    """Batches and transactions need the permission on every table they name."""
    name, params = call.name, arguments(call)
    tables = _Tables(call.region)
    if name in ("BatchGetItem", "BatchWriteItem"):
        return [
            tables.permission(name, {"TableName": table, "Items": items})
            for table, items in params["RequestItems"].items()
        ]
    if name in ("TransactGetItems", "TransactWriteItems"):
        return [
            tables.permission(_TRANSACTION[kind], request, name)
            for item in params["TransactItems"]
            for kind, request in item.items()
        ]
    if "TableName" in params and is_action("dynamodb", name):
        return [tables.permission(name, params)]
    return TABLE.permissions(call)


class _Tables:
    """The tables of one Region."""

    def __init__(self, region: str) -> None:
        self._region = region

    def permission(self, action: str, params: dict[str, Any], operation: str = "") -> Permission:
        arn = str(params["TableName"])
        if not arn.startswith("arn:"):
            arn = f"arn:aws:dynamodb:{self._region}:{ACCOUNT_ID}:table/{arn}"
        index = f"/index/{params['IndexName']}" if params.get("IndexName") else ""

        def keys() -> Keys:
            return self._keys(arn, params, operation)

        return Permission(f"dynamodb:{action}", arn + index, keys)

    def _keys(self, arn: str, params: dict[str, Any], operation: str) -> Keys:
        keys: dict[str, str | list[str]] = {
            f"dynamodb:{key}": params[key]
            for key in ("Select", "ReturnValues", "ReturnConsumedCapacity")
            if key in params
        }
        if operation:
            keys["dynamodb:EnclosingOperation"] = operation
        if leading := self._leading_keys(arn, params):
            keys["dynamodb:LeadingKeys"] = leading
        return keys

    def _leading_keys(self, arn: str, params: dict[str, Any]) -> list[str]:
        """The partition keys of the items that the request names."""
        name = arn.rsplit("/", 1)[-1]
        table = get_backend("dynamodb")[ACCOUNT_ID][self._region].tables.get(name)
        if table is None:
            return []
        key = table.hash_key_attr
        items = [params.get("Key") or params.get("Item") or {}, *_batch(params.get("Items"))]
        values = [item[key] for item in items if key in item]
        values += _queried(params, key)
        return [str(next(iter(value.values()))) for value in values]


def _batch(items: Any) -> list[dict[str, Any]]:
    if isinstance(items, dict):
        return list(items.get("Keys", []))
    requests = [next(iter(item.values())) for item in items or []]
    return [request.get("Item") or request.get("Key") for request in requests]


def _queried(params: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The partition key of a Query, from ``#name = :value``."""
    names = params.get("ExpressionAttributeNames", {})
    words = params.get("KeyConditionExpression", "").replace("=", " = ").replace("(", " ").split()
    values = params.get("ExpressionAttributeValues", {})
    for name, equals, value in zip(words, words[1:], words[2:], strict=False):
        if equals == "=" and names.get(name, name) == key:
            return [values[value.rstrip(")")]]
    return []
