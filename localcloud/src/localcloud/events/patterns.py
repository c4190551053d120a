"""Event patterns: moto matches them, and takes an operator that it does not know for a match."""

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


def check(pattern: str | None) -> None:
    """Raises InvalidEventPatternException; what is not JSON or not of lists is moto's to refuse."""
    try:
        parsed = json.loads(pattern or "{}")
    except ValueError:
        return
    _check(parsed)


def _check(pattern: Any) -> None:
    if not isinstance(pattern, dict):
        return
    for name, value in pattern.items():
        if name == "$or" and isinstance(value, list):
            for one in value:
                _check(one)
        elif isinstance(value, list):
            for one in value:
                _check_filter(one)
        else:
            _check(value)


def _check_filter(wanted: Any) -> None:
    """A value to equal, or one operator."""
    if isinstance(wanted, list):
        raise _invalid("Match value must be String, number, true, false, or null")
    if not isinstance(wanted, dict):
        return
    if len(wanted) != 1:
        raise _invalid("Only one key allowed in match expression")
    [(operator, operand)] = wanted.items()
    if operator not in OPERATORS:
        raise _invalid(f"Unrecognized match type {operator}")
    if operator == "anything-but" and isinstance(operand, dict) and not operand.keys() <= _NESTED:
        raise _invalid(f"Unsupported anything-but pattern: {', '.join(operand)}")


def _invalid(reason: str) -> ApiError:
    return ApiError("InvalidEventPatternException", f"Event pattern is not valid. Reason: {reason}")
