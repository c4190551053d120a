"""Checks a call's parameters against the constraints in botocore's model of the operation.

The sentences are those in which AWS's own services report them.
https://smithy.io/2.0/aws/aws-core.html, https://smithy.io/2.0/spec/constraint-traits.html
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from localcloud.gateway.errors import ApiError

_NOT_NULL = "Member must not be null"
_ENUM = "Member must satisfy enum value set: [{}]"
_MOST = "Member must have {} less than or equal to {}"
_LEAST = "Member must have {} greater than or equal to {}"
_PATTERN = "Member must satisfy regular expression pattern: {}"
# S3 takes Prefix for prefix.
_ANY_CASE = {"FilterRuleName"}
_NUMBERS = ("integer", "long", "float", "double")
_CONTAINERS = ("structure", "list", "map")
_CATEGORIES = {
    r"\p{ASCII}": r"[\x00-\x7f]",
    r"\p{L}": r"\w",
    r"\p{M}": r"\w",
    r"\p{N}": r"\d",
    r"\p{Z}": r"\s",
}


class Violation(NamedTuple):
    """``members`` lead to the value, as in ``("Tags", "1", "member", "Key")``."""

    members: tuple[str, ...]
    value: Any
    constraint: str
    is_sensitive: bool = False

    @property
    def is_missing(self) -> bool:
        return self.constraint == _NOT_NULL

    def __str__(self) -> str:
        path = ".".join(name[:1].lower() + name[1:] for name in self.members)
        value = "" if self.is_sensitive else f" {_quoted(self.value)}"
        return f"Value{value} at '{path}' failed to satisfy constraint: {self.constraint}"


def missing(*members: str) -> Violation:
    return Violation(members, None, _NOT_NULL)


def one_violation(code: str, member: str, constraint: str, value: object = None) -> ApiError:
    """The error for a constraint that the model does not have, with the value if it is short."""
    violation = Violation((member,), value, f"Member must {constraint}", value is None)
    return ApiError(code, f"1 validation error detected: {violation}", 400)


def violations(shape: Any, value: Any, members: tuple[str, ...] = ()) -> Iterator[Violation]:
    """All constraints of ``shape`` that ``value`` and what is in it do not satisfy."""
    sensitive = bool(shape.metadata.get("sensitive"))
    for constraint in _constraints(shape, value):
        yield Violation(members, value, constraint, sensitive)
    if shape.type_name == "structure":
        yield from _of_structure(shape, value, members)
    elif shape.type_name == "list":
        yield from _of_list(shape, value, members)
    elif shape.type_name == "map":
        yield from _of_map(shape, value, members)


def _of_structure(shape: Any, value: Any, members: tuple[str, ...]) -> Iterator[Violation]:
    for name in shape.required_members:
        if value.get(name) is None:
            yield missing(*members, name)
    for name, item in value.items():
        if item is not None:
            yield from violations(shape.members[name], item, (*members, name))


def _of_list(shape: Any, value: Any, members: tuple[str, ...]) -> Iterator[Violation]:
    if shape.member.type_name in _CONTAINERS:
        for number, item in enumerate(value, 1):
            path = (*members, str(number), "member")
            if item is None:
                yield missing(*path)
            else:
                yield from violations(shape.member, item, path)
        return
    for item in value:
        if item is None or next(_constraints(shape.member, item), None):
            yield Violation(members, value, _of_all("Member", shape.member))
            return


def _of_map(shape: Any, value: Any, members: tuple[str, ...]) -> Iterator[Violation]:
    for key, item in value.items():
        if next(_constraints(shape.key, key), None):
            yield Violation(members, value, _of_all("Map keys", shape.key))
        if item is None:
            yield missing(*members, str(key), "member")
        elif next(_constraints(shape.value, item), None):
            yield Violation(members, value, _of_all("Map value", shape.value))
        elif shape.value.type_name in _CONTAINERS:
            yield from violations(shape.value, item, (*members, str(key), "member"))


def _constraints(shape: Any, value: Any) -> Iterator[str]:
    """The constraints that a value breaks, without those of what is in it."""
    metadata = shape.metadata
    if enum := metadata.get("enum"):
        if value not in enum and shape.name not in _ANY_CASE:
            yield _ENUM.format(", ".join(enum))
        return
    if shape.type_name in ("string", "list", "map", "blob"):
        size, noun = len(value), "length"
    elif shape.type_name in _NUMBERS:
        size, noun = value, "value"
    else:
        return
    if "max" in metadata and size > metadata["max"]:
        yield _MOST.format(noun, metadata["max"])
    if "min" in metadata and size < metadata["min"]:
        yield _LEAST.format(noun, metadata["min"])
    pattern = metadata.get("pattern")
    if pattern and shape.type_name == "string" and not readable(pattern).fullmatch(value):
        yield _PATTERN.format(pattern)


def _of_all(subject: str, shape: Any) -> str:
    """For a value in a list or map AWS names all of its constraints, not only the broken ones."""
    metadata = shape.metadata
    noun = "value" if shape.type_name in _NUMBERS else "length"
    templates = ((_MOST, "max"), (_LEAST, "min"))
    constraints = [text.format(noun, metadata[key]) for text, key in templates if key in metadata]
    if "pattern" in metadata:
        constraints.append(_PATTERN.format(metadata["pattern"]))
    if "enum" in metadata:
        constraints.append(_ENUM.format(", ".join(metadata["enum"])))
    return f"{subject} must satisfy constraint: [{', '.join(constraints) or _NOT_NULL}]"


@lru_cache(maxsize=4096)
def readable(pattern: str) -> re.Pattern[str]:
    """The pattern of a model, which is Java's, as one of Python's."""
    for category, similar in _CATEGORIES.items():
        pattern = pattern.replace(category, similar)
    return re.compile(pattern)


def _quoted(value: Any) -> str:
    """A value as Java prints it, in quotes."""
    return "null" if value is None else f"'{_plain(value)}'"


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={_plain(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_plain, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)
