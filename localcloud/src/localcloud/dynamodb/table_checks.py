"""What DynamoDB refuses when a table is made or changed, and moto accepts.

Wordings: https://github.com/architect/dynalite (validations), which compared them with AWS.
"""

import re
from functools import partial
from typing import Any

from localcloud.gateway.constraints import one_violation
from localcloud.gateway.errors import ApiError, require
from localcloud.regions import regions_with

invalid = partial(ApiError, "ValidationException", status=400)
Body = dict[str, Any]
_NAME = re.compile(r"[a-zA-Z0-9_.-]+")
_MAX_INDEXES = 20
_WRONG = "One or more parameter values were invalid: "
_CHANGES = (
    "ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or"
    " SSESpecification or ReplicaUpdates"
)


def require_valid(holds: object, message: str) -> None:
    require(holds, "ValidationException", message)


def check_new_table(body: Body) -> None:
    name = body["TableName"]
    if not name.startswith("arn:"):
        _check_name(name)
    _check_keys(body["KeySchema"])
    indexes = body.get("GlobalSecondaryIndexes", ())
    message = f"{_WRONG}GlobalSecondaryIndex count exceeds the per-table limit of {_MAX_INDEXES}"
    require_valid(len(indexes) <= _MAX_INDEXES, message)
    names = [index["IndexName"] for index in indexes]
    for index in indexes:
        name = index["IndexName"]
        require_valid(names.count(name) == 1, f"{_WRONG}Duplicate index name: {name}")
        _check_keys(index["KeySchema"])
        _check_projection(index["Projection"])
    stream = body.get("StreamSpecification", {})
    message = f"{_WRONG}StreamViewType must be specified when the stream is enabled"
    require_valid(not stream.get("StreamEnabled") or "StreamViewType" in stream, message)


def check_update(body: Body) -> None:
    changes = body.keys() - {"TableName", "AttributeDefinitions"}
    require_valid(changes, f"At least one of {_CHANGES} is required")
    for update in body.get("ReplicaUpdates") or []:
        require_valid(len(update) == 1, "A replica update has one of Create, Update, Delete")
        (details,) = update.values()
        is_known = details["RegionName"] in regions_with("dynamodb")
        require_valid(is_known, f"Invalid region: {details['RegionName']}")


def _check_name(name: str) -> None:
    constraints = {
        f"satisfy regular expression pattern: {_NAME.pattern}": _NAME.fullmatch(name),
        "have length greater than or equal to 3": len(name) >= 3,
        "have length less than or equal to 255": len(name) <= 255,
    }
    for constraint, holds in constraints.items():
        if not holds:
            raise one_violation("ValidationException", "tableName", constraint, name)


def _check_keys(schema: list[dict[str, str]]) -> None:
    kinds = [key["KeyType"] for key in schema]
    message = "Invalid KeySchema: The {} KeySchemaElement is not a {} key type"
    require_valid(kinds[0] == "HASH", message.format("first", "HASH"))
    require_valid(kinds[1:] in ([], ["RANGE"]), message.format("second", "RANGE"))
    message = "Both the Hash Key and the Range Key element in the KeySchema have the same name"
    names = {key["AttributeName"] for key in schema}
    require_valid(len(names) == len(schema), message)


def _check_projection(projection: Body) -> None:
    kind, names = projection.get("ProjectionType"), projection.get("NonKeyAttributes")
    require_valid(kind, f"{_WRONG}Unknown ProjectionType: null")
    specified = "specified" if names else "not specified"
    message = f"{_WRONG}ProjectionType is {kind}, but NonKeyAttributes is {specified}"
    require_valid((kind == "INCLUDE") == bool(names), message)
