"""Judges the members of an operation's input by botocore's model, in AWS's words.

Recorded: https://github.com/localstack/localstack/blob/main/tests/aws/services/stepfunctions/v2/test_sfn_api.snapshot.json
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from botocore.model import Shape

from localcloud.gateway.errors import ApiError


def check_input(params: Any, shape: Shape | None) -> None:
    """Raise ValidationException for members that are missing, too long, too large, or unknown."""
    if shape is not None and (errors := list(_errors(params, shape, ""))):
        raise ApiError("ValidationException", constraint_errors(errors))


def constraint_errors(errors: Iterable[str]) -> str:
    texts = list(errors)
    plural = "s" if len(texts) > 1 else ""
    return f"{len(texts)} validation error{plural} detected: " + "; ".join(texts)


def _errors(value: Any, shape: Any, path: str) -> Iterator[str]:
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        yield from _member_errors(value, shape, path)
    elif kind == "list" and isinstance(value, list):
        yield from _size_errors(value, len(value), shape, path)
        for index, element in enumerate(value, start=1):
            yield from _errors(element, shape.member, f"{path}.{index}.member")
    elif kind == "string" and isinstance(value, str):
        yield from _size_errors(value, len(value), shape, path)
        yield from _text_errors(value, shape, path)
    elif kind in ("integer", "long", "float", "double"):
        yield from _size_errors(value, value, shape, path)


def _member_errors(value: dict[str, Any], shape: Any, path: str) -> Iterator[str]:
    prefix = f"{path}." if path else ""
    for name in shape.required_members:
        if value.get(name) is None:
            yield _error(f"Value null at '{prefix}{name}'", "not be null")
    for name, member in value.items():
        if member is not None and name in shape.members:
            yield from _errors(member, shape.members[name], f"{prefix}{name}")


def _size_errors(value: Any, size: float, shape: Any, path: str) -> Iterator[str]:
    noun = "length" if isinstance(value, str | list) else "value"
    subject = _subject(value, shape, path)
    if size < shape.metadata.get("min", size):
        yield _error(subject, f"have {noun} greater than or equal to {shape.metadata['min']}")
    if size > shape.metadata.get("max", size):
        yield _error(subject, f"have {noun} less than or equal to {shape.metadata['max']}")


def _text_errors(value: str, shape: Any, path: str) -> Iterator[str]:
    if shape.enum and value not in shape.enum:
        values = ", ".join(shape.enum)  # AWS lists them in an order that only its hashes know
        yield _error(_subject(value, shape, path), f"satisfy enum value set: [{values}]")
    pattern = shape.metadata.get("pattern")
    if pattern and not re.fullmatch(pattern, value):
        yield _error(_subject(value, shape, path), f"satisfy regular expression pattern: {pattern}")


def _subject(value: Any, shape: Any, path: str) -> str:
    if shape.metadata.get("sensitive"):
        return f"Value at '{path}'"
    return f"Value '{value}' at '{path}'"


def _error(subject: str, constraint: str) -> str:
    return f"{subject} failed to satisfy constraint: Member must {constraint}"
