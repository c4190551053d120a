"""The names of what is deployed, as the templates build them from ENV."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tools.cost.idle import REGIONAL, read_all

_TABLES = "templates/tables.yaml"


def names(kind: str, member: str, env: str) -> list[str]:
    """The names of all resources of a type in one Region."""
    templates = [read_all(name) for name in (*REGIONAL, _TABLES)]
    return [
        _text(resource["Properties"][member], env)
        for template in templates
        for resource in template.values()
        if resource["Type"] == kind and member in resource["Properties"]
    ]


def indexes(env: str) -> Iterator[tuple[str, str]]:
    """Tables and their indexes."""
    for resource in read_all(_TABLES).values():
        properties = resource.get("Properties", {})
        for index in properties.get("GlobalSecondaryIndexes", ()):
            yield _text(properties["TableName"], env), index["IndexName"]


def _text(value: Any, env: str) -> str:
    text = value["Fn::Sub"] if isinstance(value, dict) else value
    return str(text).replace("${Env}", env)
