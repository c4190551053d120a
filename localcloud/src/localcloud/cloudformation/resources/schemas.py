"""What AWS's own resource schemas say: known types, attributes, what cannot change.

Bundled with cfn-lint.
"""

from __future__ import annotations

import re
import threading
from functools import cache
from typing import Any

_lock = threading.Lock()


def _manager() -> Any:
    # Imported here because it takes half a second.
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # type: ignore[import-untyped]  # ships no types

    return PROVIDER_SCHEMA_MANAGER


@cache
def known_types(region: str) -> frozenset[str]:
    with _lock:
        return frozenset(_manager().get_resource_types(region))


@cache
def schema_of(region: str, kind: str) -> dict[str, Any]:
    """The JSON schema of a resource type."""
    with _lock:
        schema: dict[str, Any] = _manager().get_resource_schema(region, kind).schema
        return schema


@cache
def _attribute_patterns(region: str, kind: str) -> tuple[str, ...]:
    with _lock:
        return tuple(_manager().get_type_getatts(kind, region))


def has_attribute(region: str, kind: str, attribute: str) -> bool:
    """Whether GetAtt may ask ``kind`` for ``attribute``."""
    return any(
        attribute == pattern or re.fullmatch(pattern, attribute)
        for pattern in _attribute_patterns(region, kind)
    )


def create_only(region: str, kind: str) -> set[str]:
    """Top-level properties that, or parts of which, cannot be changed in place."""
    return {path.split("/")[0] for path in _paths(region, kind, "createOnlyProperties")}


def replaced_by(region: str, kind: str, old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Properties that differ and cannot be changed in place, as ``BucketName`` or
    ``Config/Type``.
    """
    paths = _paths(region, kind, "createOnlyProperties")
    return [path for path in paths if _at(old, path) != _at(new, path)]


def perhaps_replaced_by(
    region: str, kind: str, old: dict[str, Any], new: dict[str, Any]
) -> list[str]:
    """Properties that differ and that some changes of cannot be made in place."""
    paths = _paths(region, kind, "conditionalCreateOnlyProperties")
    return [path for path in paths if _at(old, path) != _at(new, path)]


def _paths(region: str, kind: str, member: str) -> list[str]:
    pointers = schema_of(region, kind).get(member) or []
    return [pointer.removeprefix("/properties/") for pointer in pointers]


def deleted_before_replaced(region: str, kind: str) -> bool:
    """Whether the old resource goes before the new one is made, not in the clean-up."""
    return bool(schema_of(region, kind).get("replacementStrategy") == "delete_then_create")


def has_property(region: str, kind: str, name: str) -> bool:
    """Whether a template may set it."""
    schema = schema_of(region, kind)
    read_only = schema.get("readOnlyProperties") or []
    return name in schema["properties"] and f"/properties/{name}" not in read_only


def _at(value: Any, path: str) -> Any:
    for step in path.split("/"):
        if step == "*" and isinstance(value, list):
            continue
        if not isinstance(value, dict):
            return value if step == "*" else None
        value = value.get(step)
    return value
