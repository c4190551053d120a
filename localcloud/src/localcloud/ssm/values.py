"""Values of runbooks: how they are shown, and references to them.

https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-outputs-inputs.html
https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-variables.html
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

REFERENCE = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
EXECUTION_ID = "automation:EXECUTION_ID"


def as_text(value: Any) -> str:
    """Return a value as it stands in a longer text, and in the lists that the API shows."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def as_texts(value: Any) -> list[str]:
    """Return an output or a parameter as the API shows it: always a list of strings."""
    if value is None:
        return []
    return [as_text(item) for item in (value if isinstance(value, list) else [value])]


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
        return [resolve_references(item, value_of) for item in value]
    if not isinstance(value, str):
        return value
    if match := REFERENCE.fullmatch(value.strip()):
        return value_of(match[1])
    return REFERENCE.sub(lambda match: as_text(value_of(match[1])), value)
