"""JSONPath, as far as Automation has it: ``.``, ``..`` and ``[index]``.

https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-aws-apis-calling.html
"""

import re
from typing import Any

_PART = re.compile(r"(?P<deep>\.\.)?(?:\.)?(?:(?P<name>[\w:-]+)|\['(?P<quoted>[^']+)'\]|"
                   r"\[(?P<index>\d+|\*)\])")  # fmt: skip


class InvalidSelector(Exception):
    """The text is no path of the kind that Automation understands."""


class NothingSelected(Exception):
    """The selector selects nothing in this document."""


Parts = list[tuple[bool, str | int]]


def parse(selector: str) -> Parts:
    """Return the path's parts, each with whether it is searched for at every depth."""
    if not selector.startswith("$"):
        raise InvalidSelector(selector)
    parts: Parts = []
    position = 1
    while position < len(selector):
        match = _PART.match(selector, position)
        if match is None:
            raise InvalidSelector(selector)
        position = match.end()
        index = match["index"]
        part = int(index) if index and index != "*" else index or match["name"] or match["quoted"]
        parts.append((bool(match["deep"]), part))
    return parts


def select(selector: str, document: Any) -> Any:
    """Return what the selector selects; a list if it searches at every depth or has ``*``."""
    values, is_list = [document], False
    for deep, part in parse(selector):
        is_list = is_list or deep or part == "*"
        parents = [node for value in values for node in (_descendants(value) if deep else [value])]
        values = [child for parent in parents for child in _children(parent, part)]
    if is_list:
        return values
    if not values:
        raise NothingSelected(selector)
    return values[0]


def _children(value: Any, part: str | int) -> list[Any]:
    items = dict(enumerate(value)) if isinstance(value, list) else value
    if not isinstance(items, dict):
        return []
    return list(items.values()) if part == "*" else [items[part]] if part in items else []


def _descendants(value: Any) -> list[Any]:
    """Return the value itself and all that is in it."""
    return [value, *(node for child in _children(value, "*") for node in _descendants(child))]
