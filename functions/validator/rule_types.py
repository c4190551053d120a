"""What a rule is made of."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

Fields = Mapping[str, str]


class Rule(NamedTuple):
    """The reason given to the user where `holds`, called with the eight fields, is False."""

    reason: str
    holds: Callable[[Fields], bool]


def one_of(column: str, allowed: tuple[str, ...]) -> Rule:
    """The column holds exactly one of the allowed values."""
    return Rule(f"{column} is not one of {', '.join(allowed)}", lambda f: f[column] in allowed)


def not_empty(column: str) -> Rule:
    """The column holds more than spaces."""
    return Rule(f"{column} is empty", lambda f: bool(f[column].strip()))
