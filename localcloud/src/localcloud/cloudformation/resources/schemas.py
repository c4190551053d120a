"""What AWS's resource schemas, bundled with cfn-lint, say of types, properties and attributes."""

import re
import threading
from functools import cache
from typing import Any

_lock = threading.Lock()
Values = dict[str, Any]


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


def has_property(region: str, kind: str, name: str) -> bool:
    """Whether a template may set a property."""
    schema = schema_of(region, kind)
    return name in schema["properties"] and name not in read_only(schema)


def read_only(schema: dict[str, Any]) -> set[str]:
    return set(_paths(schema, "readOnlyProperties"))


def create_only(region: str, kind: str) -> set[str]:
    """Top-level properties that cannot be changed in place, or a part of them."""
    paths = _paths(schema_of(region, kind), "createOnlyProperties")
    return {path.split("/")[0] for path in paths}


def replaced_by(region: str, kind: str, old: Values, new: Values) -> list[str]:
    """Changed properties that cannot be changed in place: ``BucketName``, ``Config/Type``."""
    return _changed(schema_of(region, kind), "createOnlyProperties", old, new)


def conditionally_replaced_by(region: str, kind: str, old: Values, new: Values) -> list[str]:
    """Changed properties of which some changes cannot be made in place."""
    return _changed(schema_of(region, kind), "conditionalCreateOnlyProperties", old, new)


def is_deleted_before_replaced(region: str, kind: str) -> bool:
    """Whether the old resource is deleted before the new one is created, not in the clean-up."""
    return bool(schema_of(region, kind).get("replacementStrategy") == "delete_then_create")


def _changed(schema: dict[str, Any], member: str, old: Values, new: Values) -> list[str]:
    return [path for path in _paths(schema, member) if _at(old, path) != _at(new, path)]


def _paths(schema: dict[str, Any], member: str) -> list[str]:
    return [pointer.removeprefix("/properties/") for pointer in schema.get(member) or []]


def _at(value: Any, path: str) -> Any:
    for step in path.split("/"):
        if step == "*" and isinstance(value, list):
            continue
        if not isinstance(value, dict):
            return value if step == "*" else None
        value = value.get(step)
    return value
