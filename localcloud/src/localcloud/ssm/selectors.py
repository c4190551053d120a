"""JSONPath, as far as Automation has it: ``.``, ``..`` and ``[index]``.

https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-aws-apis-calling.html
"""

from __future__ import annotations

import re
from typing import Any

_STEP = re.compile(r"(?P<deep>\.\.)?(?:\.)?(?:(?P<name>[\w:-]+)|\['(?P<quoted>[^']+)'\]|"
                   r"\[(?P<index>\d+|\*)\])")  # fmt: skip


class BadSelector(Exception):
    """No path of the kind that Automation understands."""


class NotFound(Exception):
    """The selector finds nothing."""


Parts = list[tuple[bool, str | int]]


def parse(selector: str) -> Parts:
    """The path's parts, each with whether it is searched for at every depth."""
    if not selector.startswith("$"):
        raise BadSelector(selector)
    parts: Parts = []
    position = 1
    while position < len(selector):
        match = _STEP.match(selector, position)
        if match is None:
            raise BadSelector(selector)
        position = match.end()
        index = match["index"]
        part = int(index) if index and index != "*" else index or match["name"] or match["quoted"]
        parts.append((bool(match["deep"]), part))
    return parts


def select(selector: str, document: Any) -> Any:
    """What the selector finds; a list as soon as it searches at every depth."""
    found, many = [document], False
    for deep, part in parse(selector):
        many = many or deep or part == "*"
        places = [place for one in found for place in (_everywhere(one) if deep else [one])]
        found = [value for place in places for value in _child(place, part)]
    if many:
        return found
    if not found:
        raise NotFound(selector)
    return found[0]


def _child(value: Any, part: str | int) -> list[Any]:
    if isinstance(value, dict):
        if part == "*":
            return list(value.values())
        return [value[part]] if part in value else []
    if isinstance(value, list):
        if part == "*":
            return list(value)
        return [value[part]] if isinstance(part, int) and part < len(value) else []
    return []


def _everywhere(value: Any) -> list[Any]:
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value, *(place for one in below for place in _everywhere(one))]
