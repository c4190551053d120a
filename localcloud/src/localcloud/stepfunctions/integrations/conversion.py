"""Converts between the JSON of a state machine and botocore's values, by botocore's models."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from botocore.model import Shape

from localcloud.stepfunctions.compact_json import dumps
from localcloud.stepfunctions.errors import InvalidArguments


@cache
def member_by_pascal_name(shape: Shape) -> dict[str, str]:
    """Also by names of the SDK for Java, which writes ``SSEKMSKeyId`` as ``SsekmsKeyId``."""
    members: dict[str, str] = {}
    for name in getattr(shape, "members", {}):
        members[pascal(name)] = name
        members[_java(name)] = name
    return members


def pascal(name: str) -> str:
    return name[0].upper() + name[1:]


def _java(name: str) -> str:
    capitals = len(name) - len(name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    if capitals < 3:
        return pascal(name)
    return name[0] + name[1 : capitals - 1].lower() + name[capitals - 1 :]


def to_botocore(value: Any, shape: Any) -> Any:
    """Raises InvalidArguments for names that the operation does not have, and for wrong types."""
    if shape is None:
        return {} if value is None else value
    kind = shape.type_name
    if kind == "structure":
        return _structure(value, shape)
    if kind == "list" and isinstance(value, list):
        return [to_botocore(element, shape.member) for element in value]
    if kind == "map" and isinstance(value, dict):
        return {key: to_botocore(member, shape.value) for key, member in value.items()}
    if kind == "blob":
        return value.encode() if isinstance(value, str) else dumps(value).encode()
    return value


def _structure(value: Any, shape: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidArguments(f"The value for the field '{shape.name}' must be an object")
    members = member_by_pascal_name(shape)
    for name in value:
        if name not in members:
            raise InvalidArguments(f'The field "{name}" is not supported by Step Functions')
    return {
        members[name]: _member(name, member, shape.members[members[name]])
        for name, member in value.items()
        if member is not None
    }


def _member(name: str, value: Any, shape: Shape) -> Any:
    if shape.type_name == "string":
        if isinstance(value, dict | list):
            return dumps(value)  # a string that holds JSON, as Input of startSyncExecution
        if not isinstance(value, str):
            raise InvalidArguments(f"The value for the field '{name}' must be a STRING")
    return to_botocore(value, shape)


def to_states(value: Any, shape: Any) -> Any:
    """A response as JSON: members in PascalCase, times as text, bodies as text."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if hasattr(value, "read"):
        value = value.read()
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    if isinstance(value, dict):
        if shape is not None and shape.type_name == "structure":
            return {
                pascal(name): to_states(member, shape.members.get(name))
                for name, member in value.items()
            }
        inner = getattr(shape, "value", None)
        return {key: to_states(member, inner) for key, member in value.items()}
    if isinstance(value, list):
        inner = getattr(shape, "member", None)
        return [to_states(element, inner) for element in value]
    return value


def header(headers: Mapping[str, str], name: str) -> str | None:
    if name in headers:
        return headers[name]
    lower, length = name.lower(), len(name)
    for key in headers:
        if len(key) == length and key.lower() == lower:
            return headers[key]
    return None


def sdk_metadata(status: int, headers: Mapping[str, str]) -> dict[str, Any]:
    """SdkHttpMetadata and SdkResponseMetadata, which optimized integrations add to results."""
    return {
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in headers.items()},
            "HttpHeaders": dict(headers),
            "HttpStatusCode": status,
        },
        "SdkResponseMetadata": {"RequestId": header(headers, "x-amzn-RequestId") or ""},
    }
