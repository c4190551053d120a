"""What EventBridge refuses in an event pattern, in the words of its rule compiler.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
https://github.com/aws/event-ruler
"""

import json
from typing import Any

from localcloud.gateway.errors import ApiError, not_emulated

_NOT_EMULATED = {"cidr", "equals-ignore-case", "numeric", "suffix", "wildcard"}
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
        if name == "$or":
            raise not_emulated("$or in an event pattern")
        for element in value if isinstance(value, list) else ():
            _check_filter(element)
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
    is_nested = isinstance(operand, dict)
    if operator in _NOT_EMULATED or (is_nested and operator in ("anything-but", "prefix")):
        raise not_emulated(f"{operator} in an event pattern")
    if operator == "exists" and not isinstance(operand, bool):
        raise _invalid("exists match pattern must be either true or false.")
    if operator == "prefix" and not isinstance(operand, str):
        raise _invalid("prefix match pattern must be a string")
    if operator not in ("anything-but", "exists", "prefix"):
        raise _invalid(f"Unrecognized match type {operator}")


def _invalid(reason: str) -> ApiError:
    return ApiError("InvalidEventPatternException", f"Event pattern is not valid. Reason: {reason}")
