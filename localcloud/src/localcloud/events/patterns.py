"""Event patterns: moto matches them, but takes an operator that it does not know for a match."""

from __future__ import annotations

import json
from typing import Any

from localcloud.gateway.errors import ApiError

# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
OPERATORS = {
    "anything-but", "cidr", "equals-ignore-case", "exists", "numeric", "prefix", "suffix",
    "wildcard",
}  # fmt: skip
_NESTED = {"equals-ignore-case", "prefix", "suffix", "wildcard"}


def check_pattern(text: str | None) -> None:
    """Raise InvalidEventPatternException for an operator that AWS does not know.

    moto refuses what is not JSON, or does not consist of lists.
    """
    try:
        pattern = json.loads(text or "{}")
    except ValueError:
        return
    _check_members(pattern)


def _check_members(pattern: Any) -> None:
    if not isinstance(pattern, dict):
        return
    for name, value in pattern.items():
        check = _check_members if name == "$or" else _check_filter
        if isinstance(value, list):
            for element in value:
                check(element)
        else:
            _check_members(value)


def _check_filter(element: Any) -> None:
    """A value to equal, or one operator."""
    if isinstance(element, list):
        raise _invalid("Match value must be String, number, true, false, or null")
    if not isinstance(element, dict):
        return
    if len(element) != 1:
        raise _invalid("Only one key allowed in match expression")
    [(operator, operand)] = element.items()
    if operator not in OPERATORS:
        raise _invalid(f"Unrecognized match type {operator}")
    if operator == "anything-but" and isinstance(operand, dict) and not operand.keys() <= _NESTED:
        raise _invalid(f"Unsupported anything-but pattern: {', '.join(operand)}")


def _invalid(reason: str) -> ApiError:
    return ApiError("InvalidEventPatternException", f"Event pattern is not valid. Reason: {reason}")
