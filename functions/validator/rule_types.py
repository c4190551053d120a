"""A rule, and two common kinds of rules."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

Fields = Mapping[str, str]


class Rule(NamedTuple):
    """`is_kept` gets the fields of a record; `reason` is for the user of a record that fails."""

    reason: str
    is_kept: Callable[[Fields], bool]


def one_of(column: str, allowed: tuple[str, ...]) -> Rule:
    """Return a rule: the column has exactly one of the allowed values."""
    return Rule(
        f"{column} is not one of {', '.join(allowed)}", lambda fields: fields[column] in allowed
    )


def not_empty(column: str) -> Rule:
    """Return a rule: the column has more than spaces."""
    return Rule(f"{column} is empty", lambda fields: bool(fields[column].strip()))
