"""What DynamoDB refuses when a table is made or changed, and moto accepts.

Wordings: https://github.com/architect/dynalite (validations), which compared them with AWS.
"""

import re
from typing import Any

from localcloud.gateway.errors import ApiError

Body = dict[str, Any]
_NAME = re.compile(r"[a-zA-Z0-9_.-]+")
_MAX_INDEXES = {"GlobalSecondaryIndexes": 20, "LocalSecondaryIndexes": 5}
_CHANGES = (
    "ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or"
    " SSESpecification or ReplicaUpdates"
)


def invalid(message: str) -> ApiError:
    return ApiError("ValidationException", message, 400)


def check_new_table(body: Body) -> None:
    name = body["TableName"]
    if not name.startswith("arn:"):
        _check_name(name)
    _check_keys(body["KeySchema"])
    indexes = [(kind, index) for kind in _MAX_INDEXES for index in body.get(kind, ())]
    for kind, limit in _MAX_INDEXES.items():
        if len(body.get(kind, ())) > limit:
            noun = kind.removesuffix("es")
            raise _wrong(f"{noun} count exceeds the per-table limit of {limit}")
    names = [index["IndexName"] for _, index in indexes]
    for kind, index in indexes:
        if names.count(index["IndexName"]) > 1:
            raise _wrong(f"Duplicate index name: {index['IndexName']}")
        _check_keys(index["KeySchema"])
        _check_projection(index["Projection"])
        if kind == "LocalSecondaryIndexes" and len(body["KeySchema"]) < 2:
            raise _wrong(
                "Table KeySchema does not have a range key, which is required when specifying a"
                " LocalSecondaryIndex"
            )
    stream = body.get("StreamSpecification", {})
    if stream.get("StreamEnabled") and "StreamViewType" not in stream:
        raise _wrong("StreamViewType must be specified when the stream is enabled")


def check_update(body: Body) -> None:
    if body.keys() <= {"TableName", "AttributeDefinitions"}:
        raise invalid(f"At least one of {_CHANGES} is required")


def _check_name(name: str) -> None:
    start = f"1 validation error detected: Value '{name}' at 'tableName' failed to satisfy"
    if not _NAME.fullmatch(name):
        raise invalid(
            f"{start} constraint: Member must satisfy regular expression pattern: {_NAME.pattern}"
        )
    if not 3 <= len(name) <= 255:
        limit = "greater than or equal to 3" if len(name) < 3 else "less than or equal to 255"
        raise invalid(f"{start} constraint: Member must have length {limit}")


def _check_keys(schema: list[dict[str, str]]) -> None:
    kinds = [key["KeyType"] for key in schema]
    if kinds[0] != "HASH":
        raise invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
    if kinds[1:] not in ([], ["RANGE"]):
        raise invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")
    if len({key["AttributeName"] for key in schema}) < len(schema):
        raise invalid(
            "Both the Hash Key and the Range Key element in the KeySchema have the same name"
        )


def _check_projection(projection: Body) -> None:
    kind, names = projection.get("ProjectionType"), projection.get("NonKeyAttributes")
    if kind is None:
        raise _wrong("Unknown ProjectionType: null")
    if kind == "INCLUDE" and not names:
        raise _wrong("ProjectionType is INCLUDE, but NonKeyAttributes is not specified")
    if kind != "INCLUDE" and names:
        raise _wrong(f"ProjectionType is {kind}, but NonKeyAttributes is specified")


def _wrong(message: str) -> ApiError:
    return invalid(f"One or more parameter values were invalid: {message}")
