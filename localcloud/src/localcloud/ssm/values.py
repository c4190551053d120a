"""Values of runbooks: their types, how the API shows them, how outputs are converted.

https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-outputs-inputs.html
"""

from __future__ import annotations

import json
from typing import Any


class TypeMismatch(Exception):
    """A value does not have its declared type, and cannot be converted to it."""


def as_text(value: Any) -> str:
    """Return a value as it stands in a longer text, and in the lists that the API shows."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def as_texts(value: Any) -> list[str]:
    """Return an output or a parameter as the API shows it: always a list of strings."""
    if value is None:
        return []
    return [as_text(item) for item in (value if isinstance(value, list) else [value])]


def convert(value: Any, kind: str) -> Any:
    """Return ``value`` as ``kind`` where Automation converts it; raises TypeMismatch."""
    if isinstance(value, list) and len(value) == 1 and kind in ("String", "Integer", "Boolean"):
        value = value[0]
    try:
        return _CONVERSIONS[kind](value)
    except (TypeError, ValueError) as error:
        raise TypeMismatch(f"{as_text(value)} is not of type {kind}") from error


def _string(value: Any) -> str:
    if isinstance(value, dict | list):
        raise TypeError
    return as_text(value)


def _integer(value: Any) -> int:
    if isinstance(value, bool | dict | list):
        raise TypeError
    return int(value)


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise TypeError


def _string_list(value: Any) -> list[str]:
    return [_string(item) for item in (value if isinstance(value, list) else [value])]


def _map(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise TypeError


def _map_list(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [_map(item) for item in value]
    raise TypeError


_CONVERSIONS = {
    "String": _string,
    "Integer": _integer,
    "Boolean": _boolean,
    "StringList": _string_list,
    "StringMap": _map,
    "MapList": _map_list,
}
OUTPUT_TYPES = frozenset(_CONVERSIONS)
