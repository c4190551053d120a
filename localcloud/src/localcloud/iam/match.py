"""Patterns of policies: ``*`` and ``?`` in strings and in the parts of ARNs, and variables.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

Matcher = Callable[[str], bool]

# A star or question mark that came out of a policy variable is a plain character, not a wildcard.
LITERAL_STAR, LITERAL_QUESTION = "\ue000", "\ue001"


def listed(value: Any) -> list[Any]:
    """An element of a policy as a list: it may be one value, a list of them, or missing."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def literal(value: str) -> str:
    """The pattern that matches ``value`` only."""
    return value.replace("*", LITERAL_STAR).replace("?", LITERAL_QUESTION)


@lru_cache(maxsize=8192)
def glob(pattern: str) -> Matcher:
    """A test whether whole strings match ``pattern``, in this case."""
    if pattern.strip("*") == "" and pattern:
        return lambda _value: True
    plain = pattern.replace(LITERAL_STAR, "*").replace(LITERAL_QUESTION, "?")
    if "*" not in pattern and "?" not in pattern:
        return lambda value: value == plain
    if pattern.endswith("*") and "*" not in pattern[:-1] and "?" not in pattern:
        start = plain[:-1]
        return lambda value: value.startswith(start)
    regex = re.compile("".join(_REGEX.get(char) or re.escape(char) for char in pattern), re.DOTALL)
    return lambda value: regex.fullmatch(value) is not None


_REGEX = {"*": ".*", "?": ".", LITERAL_STAR: r"\*", LITERAL_QUESTION: r"\?"}


@lru_cache(maxsize=8192)
def arn_like(pattern: str) -> Matcher:
    """A test of each of an ARN's six parts: a star matches a colon in the last part only."""
    if pattern == "*":
        return lambda _value: True
    parts = [glob(part) for part in pattern.split(":", 5)]

    def matches(value: str) -> bool:
        values = value.split(":", 5)
        return len(values) == len(parts) and all(
            test(part) for test, part in zip(parts, values, strict=True)
        )

    return matches


_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_CHARACTERS = {"*", "?", "$"}


class Unresolved(Exception):
    """A variable has neither a value nor a default: its statement matches nothing."""


def has_variables(pattern: str) -> bool:
    return "${" in pattern


def substitute(pattern: str, look_up: Callable[[str], str | None]) -> str:
    """Replace every variable in ``pattern``. Raises Unresolved."""

    def value(variable: re.Match[str]) -> str:
        name, _, default = variable.group(1).partition(",")
        if name in _CHARACTERS:
            return literal(name)
        resolved = look_up(name.strip())
        if resolved is None and default:
            resolved = default.strip().strip("'")
        if resolved is None:
            raise Unresolved(name)
        return literal(resolved)

    return _VARIABLE.sub(value, pattern)
