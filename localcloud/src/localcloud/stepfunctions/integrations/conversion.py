"""Between the JSON of a state machine and the Python values of botocore, guided by botocore's
model.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from botocore.model import Shape

from localcloud.stepfunctions.quotas import dumps


class BadArgument(Exception):
    """Says what is wrong with an argument, in AWS's words."""


@cache
def member_by_pascal_name(shape: Shape) -> dict[str, str]:
    """Name in a state machine → name of the member. The SDK for Java writes ``SSEKMSKeyId`` as
    ``SsekmsKeyId``: both go here.
    """
    members: dict[str, str] = {}
    for name in getattr(shape, "members", {}):
        members[pascal(name)] = name
        members[_java(name)] = name
    return members


def pascal(name: str) -> str:
    return name[0].upper() + name[1:]


def _java(name: str) -> str:
    run = len(name) - len(name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    if run < 3:
        return pascal(name)
    return name[0] + name[1 : run - 1].lower() + name[run - 1 :]


def to_botocore(value: Any, shape: Shape | None) -> Any:
    """Raises BadArgument for names that the operation does not have, and for wrong types."""
    if shape is None:
        return {} if value is None else value
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            raise BadArgument(f"The value for the field '{shape.name}' must be an object")
        members = member_by_pascal_name(shape)
        given = {}
        for name, each in value.items():
            if name not in members:
                raise BadArgument(f'The field "{name}" is not supported by Step Functions')
            if each is not None:
                member = members[name]
                inner = shape.members[member]  # type: ignore[attr-defined]  # a StructureShape
                given[member] = _named(name, each, inner)
        return given
    if kind == "list" and isinstance(value, list):
        return [to_botocore(each, shape.member) for each in value]  # type: ignore[attr-defined]  # a ListShape
    if kind == "map" and isinstance(value, dict):
        return {key: to_botocore(each, shape.value) for key, each in value.items()}  # type: ignore[attr-defined]  # a MapShape
    if kind == "blob":
        return value.encode() if isinstance(value, str) else dumps(value).encode()
    return value


def _named(name: str, value: Any, shape: Shape) -> Any:
    if shape.type_name == "string":
        if isinstance(value, dict | list):
            # A string that holds JSON may be given as the JSON itself, as Input of
            # startSyncExecution.
            return dumps(value)
        if not isinstance(value, str):
            raise BadArgument(f"The value for the field '{name}' must be a STRING")
    return to_botocore(value, shape)


def to_states(value: Any, shape: Shape | None) -> Any:
    """A response as JSON: members in PascalCase, times as text, bodies as text."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if hasattr(value, "read"):
        value = value.read()
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    kind = shape.type_name if shape is not None else ""
    if isinstance(value, dict):
        if kind == "structure":
            members = shape.members  # type: ignore[union-attr]  # a StructureShape
            return {pascal(k): to_states(v, members.get(k)) for k, v in value.items()}
        inner = getattr(shape, "value", None)
        return {key: to_states(each, inner) for key, each in value.items()}
    if isinstance(value, list):
        inner = getattr(shape, "member", None)
        return [to_states(each, inner) for each in value]
    return value
