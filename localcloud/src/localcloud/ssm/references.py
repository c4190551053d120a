"""``{{ … }}`` in runbooks: listed when a document is created, resolved when a step starts.

https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-variables.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from localcloud.ssm.values import as_text

REFERENCE = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
GLOBALS = (
    "global:ACCOUNT_ID",
    "global:DATE",
    "global:DATE_TIME",
    "global:AWS_PARTITION",
    "global:REGION",
    "automation:EXECUTION_ID",
)


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
