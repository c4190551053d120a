"""``{{ … }}`` in runbooks: found when a document is made, filled in when a step starts.

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
    """The names in ``value``, at every depth."""
    if isinstance(value, str):
        yield from REFERENCE.findall(value)
    elif isinstance(value, dict):
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def fill(value: Any, resolve: Callable[[str], Any]) -> Any:
    """``value`` with its references resolved. One that stands alone keeps its type."""
    if isinstance(value, dict):
        return {key: fill(item, resolve) for key, item in value.items()}
    if isinstance(value, list):
        return _fill_list(value, resolve)
    if not isinstance(value, str):
        return value
    if alone := REFERENCE.fullmatch(value.strip()):
        return resolve(alone[1])
    return REFERENCE.sub(lambda match: as_text(resolve(match[1])), value)


def _fill_list(items: list[Any], resolve: Callable[[str], Any]) -> list[Any]:
    """A list that is one reference to a list is that list: ``Ids: ["{{ step.Ids }}"]``."""
    filled = [fill(item, resolve) for item in items]
    if len(items) == 1 and isinstance(items[0], str) and isinstance(filled[0], list):
        return filled[0]
    return filled
