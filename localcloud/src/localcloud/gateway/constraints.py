"""The limits that AWS's models set on members: presence, lengths, ranges, patterns, names.

AWS words a broken one as in https://github.com/boto/boto3/issues/1560.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call

# Members whose values a service checks in other words.
_UNCHECKED = {"AttributeValue"}
# Java's names of kinds of characters, which Python does not know, inside brackets.
_CHARACTERS = {r"\p{L}": "A-Za-z\u00aa-\uffff", r"\p{Z}": r"\s", r"\p{N}": "0-9"}


def require_valid(call: Call, params: Mapping[str, Any], code: str) -> None:
    """Raise ``code``, with all that is wrong with the members of a call."""
    shape = call.operation.input_shape if call.operation else None
    errors = list(broken(shape, params)) if shape else []
    if errors:
        count = "1 validation error" if len(errors) == 1 else f"{len(errors)} validation errors"
        raise ApiError(code, f"{count} detected: {'; '.join(errors)}", 400)


def broken(shape: Shape, value: Any, path: str = "") -> Iterator[str]:
    """Yield the constraints of ``shape`` that ``value`` breaks, in AWS's words."""
    if shape.name in _UNCHECKED:
        return
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        yield from _broken_in_structure(shape, value, path)
        return
    for rule in _broken_rules(shape, value):
        shown = "null" if value is None else f"'{value}'"
        yield f"Value {shown} at '{path}' failed to satisfy constraint: Member must {rule}"
    if isinstance(shape, ListShape) and isinstance(value, list):
        for number, item in enumerate(value, 1):
            yield from broken(shape.member, item, f"{path}.{number}.member")
    elif isinstance(shape, MapShape) and isinstance(value, Mapping):
        for key, item in value.items():
            yield from broken(shape.key, key, f"{path}.key")
            yield from broken(shape.value, item, f"{path}.{key}.member")


def _broken_in_structure(
    shape: StructureShape, value: Mapping[str, Any], path: str
) -> Iterator[str]:
    for name, member in shape.members.items():
        place = f"{path}.{name[0].lower()}{name[1:]}".removeprefix(".")
        if value.get(name) is not None:
            yield from broken(member, value[name], place)
        elif name in shape.required_members:
            yield f"Value null at '{place}' failed to satisfy constraint: Member must not be null"


def _broken_rules(shape: Shape, value: Any) -> Iterator[str]:
    limits = shape.metadata
    if isinstance(value, str | list | dict):
        size: float = len(value)
        noun = "length"
    elif isinstance(value, int | float) and not isinstance(value, bool):
        size, noun = value, "value"
    else:
        return
    if size < limits.get("min", size):
        yield f"have {noun} greater than or equal to {limits['min']}"
    if size > limits.get("max", size):
        yield f"have {noun} less than or equal to {limits['max']}"
    if not isinstance(value, str):
        return
    if "enum" in limits and value not in limits["enum"]:
        yield f"satisfy enum value set: [{', '.join(limits['enum'])}]"
    pattern = _compiled(limits["pattern"]) if "pattern" in limits else None
    if pattern and not pattern.fullmatch(value):
        yield f"satisfy regular expression pattern: {limits['pattern']}"


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """None for a pattern that Python cannot read."""
    for java, python in _CHARACTERS.items():
        pattern = pattern.replace(java, python)
    try:
        return re.compile(pattern)
    except re.error:
        return None
