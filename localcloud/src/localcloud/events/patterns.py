"""What EventBridge refuses in an event pattern, in the words of its rule compiler.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
https://github.com/aws/event-ruler
"""

from __future__ import annotations

import json
from typing import Any

from localcloud.gateway.errors import ApiError

_TEXT_OPERATORS = {"cidr", "equals-ignore-case", "prefix", "suffix", "wildcard"}
OPERATORS = _TEXT_OPERATORS | {"anything-but", "exists", "numeric"}
_NESTED = _TEXT_OPERATORS - {"cidr"}
_COMPARISONS = ("<", "<=", "=", ">", ">=")
_LARGEST_PATTERN = 4096  # characters


def check_pattern(text: str | None) -> None:
    """Raise InvalidEventPatternException; moto refuses what does not consist of lists."""
    if text is None:
        return
    if len(text) > _LARGEST_PATTERN:
        message = "The requested resource exceeds the maximum number allowed."
        raise ApiError("LimitExceededException", message)
    try:
        pattern = json.loads(text)
    except ValueError:
        raise _invalid("Invalid JSON") from None
    if not isinstance(pattern, dict):
        raise _invalid("Filter is not an object")
    if not pattern:
        raise _invalid("Empty objects are not allowed")
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
    """Check a value to equal, or one operator."""
    if isinstance(element, list):
        raise _invalid("Match value must be String, number, true, false, or null")
    if not isinstance(element, dict):
        return
    if len(element) != 1:
        raise _invalid("Only one key allowed in match expression")
    [(operator, operand)] = element.items()
    if operator not in OPERATORS:
        raise _invalid(f"Unrecognized match type {operator}")
    _check_operand(operator, operand)


def _check_operand(operator: str, operand: Any) -> None:
    if operator == "anything-but":
        if isinstance(operand, dict) and not operand.keys() <= _NESTED:
            raise _invalid(f"Unsupported anything-but pattern: {', '.join(operand)}")
    elif operator == "exists":
        if not isinstance(operand, bool):
            raise _invalid("exists match pattern must be either true or false.")
    elif operator == "numeric":
        _check_numeric(operand)
    elif not isinstance(operand, str | dict):  # {"prefix": {"equals-ignore-case": "a"}} is one
        raise _invalid(f"{operator} match pattern must be a string")


def _check_numeric(operand: Any) -> None:
    if not isinstance(operand, list) or len(operand) not in (2, 4):
        raise _invalid("Invalid member in numeric match")
    for comparison, value in zip(operand[::2], operand[1::2], strict=True):
        if comparison not in _COMPARISONS:
            raise _invalid(f"Unrecognized numeric range operator: {comparison}")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _invalid(f"Value of {comparison} must be numeric")


def _invalid(reason: str) -> ApiError:
    return ApiError("InvalidEventPatternException", f"Event pattern is not valid. Reason: {reason}")
