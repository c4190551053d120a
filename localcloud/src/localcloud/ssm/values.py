"""Values of runbooks: their types, how outputs are converted and shown, references to them.

https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-outputs-inputs.html
https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-variables.html
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

REFERENCE = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
GLOBALS = (
    "global:ACCOUNT_ID",
    "global:DATE",
    "global:DATE_TIME",
    "global:AWS_PARTITION",
    "global:REGION",
    "automation:EXECUTION_ID",
)


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


_CONVERSIONS = {
    "String": _string,
    "Integer": _integer,
    "Boolean": _boolean,
    "StringList": _string_list,
}


def references(value: Any) -> Iterator[str]:
    """Yield the names that ``value`` refers to, at every depth."""
    if isinstance(value, str):
        yield from REFERENCE.findall(value)
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from references(item)


def resolve_references(value: Any, value_of: Callable[[str], Any]) -> Any:
    """Return ``value`` with its references resolved; one that stands alone keeps its type."""
    if isinstance(value, dict):
        return {key: resolve_references(item, value_of) for key, item in value.items()}
    if isinstance(value, list):
        items = [resolve_references(item, value_of) for item in value]
        # A list that is one reference to a list is that list: Ids: ["{{ step.Ids }}"].
        if len(value) == 1 and isinstance(value[0], str) and isinstance(items[0], list):
            return items[0]
        return items
    if not isinstance(value, str):
        return value
    if match := REFERENCE.fullmatch(value.strip()):
        return value_of(match[1])
    return REFERENCE.sub(lambda match: as_text(value_of(match[1])), value)
