"""Condition blocks of a policy statement.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import contextlib
import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Any

from localcloud.iam.context import Context
from localcloud.iam.match import (
    Unresolved,
    arn_like,
    glob,
    has_variables,
    listed,
    literal,
    substitute,
)

Comparison = Callable[[str, str], bool]  # (value in the policy, value in the request)


class UnknownOperator(ValueError):
    """AWS refuses a policy with a condition operator that does not exist."""


def _moment(text: str) -> float:
    with contextlib.suppress(ValueError):
        return float(text)
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _reading(read: Callable[[str], float], compare: Callable[[float, float], bool]) -> Comparison:
    """Compares what is read of both; what cannot be read matches nothing."""

    def test(pattern: str, value: str) -> bool:
        with contextlib.suppress(ValueError):
            return compare(read(value), read(pattern))
        return False

    return test


def _address(pattern: str, value: str) -> bool:
    with contextlib.suppress(ValueError):
        return ip_address(value) in ip_network(pattern, strict=False)
    return False


_ORDER: dict[str, Callable[[float, float], bool]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
_COMPARISONS: dict[str, Comparison] = {
    # In StringEquals a star is a star.
    "StringEquals": lambda pattern, value: glob(literal(pattern))(value),
    "StringEqualsIgnoreCase": lambda pattern, value: glob(literal(pattern.lower()))(value.lower()),
    "StringLike": lambda pattern, value: glob(pattern)(value),
    "ArnLike": lambda pattern, value: arn_like(pattern)(value),
    "ArnEquals": lambda pattern, value: arn_like(pattern)(value),  # documented as the same thing
    "Bool": lambda pattern, value: pattern.lower() == value.lower(),
    "BinaryEquals": lambda pattern, value: pattern == value,
    "IpAddress": _address,
    **{f"Numeric{name}": _reading(float, compare) for name, compare in _ORDER.items()},
    **{f"Date{name}": _reading(_moment, compare) for name, compare in _ORDER.items()},
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotLike": "ArnLike",
    "ArnNotEquals": "ArnEquals",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}
_BY_LOWER_CASE = {name.lower(): name for name in (*_COMPARISONS, *_NEGATED, "Null")}
_WITH_VARIABLES = ("String", "Arn")


@dataclass(frozen=True)
class Condition:
    """A key under an operator. All conditions of a statement must hold, with one of ``values``."""

    operator: str  # without prefix and suffix, as in StringNotLike
    key: str
    values: tuple[str, ...]
    if_exists: bool = False
    quantifier: str = ""  # "", ForAllValues or ForAnyValue
    variables: bool = False

    def holds(self, context: Context) -> bool:
        actual = context.get(self.key)
        if self.operator == "Null":
            return any((value.lower() == "true") == (not actual) for value in self.values)
        if not actual:
            # Absent keys: a negated operator holds, and so does ForAllValues; ForAnyValue does not.
            if self.if_exists or self.quantifier == "ForAllValues":
                return True
            return self.operator in _NEGATED and self.quantifier != "ForAnyValue"
        patterns = self._resolved(context)
        compare = _COMPARISONS[_NEGATED.get(self.operator, self.operator)]
        matches = [any(compare(pattern, value) for pattern in patterns) for value in actual]
        if self.operator in _NEGATED:
            matches = [not match for match in matches]
            return any(matches) if self.quantifier == "ForAnyValue" else all(matches)
        return all(matches) if self.quantifier == "ForAllValues" else any(matches)

    def _resolved(self, context: Context) -> list[str]:
        if not self.variables:
            return list(self.values)
        resolved = []
        for value in self.values:
            with contextlib.suppress(Unresolved):
                resolved.append(substitute(value, context.single))
        return resolved


def compile_conditions(block: dict[str, Any], *, variables: bool) -> tuple[Condition, ...]:
    """``block`` is a Condition element; ``variables``: whether the policy's version has them."""
    return tuple(
        _condition(name, key, values, variables)
        for name, keys in block.items()
        for key, values in keys.items()
    )


def _condition(name: str, key: str, values: Any, variables: bool) -> Condition:
    quantifier, canonical, if_exists = _parts(name)
    texts = tuple(_context_text(value) for value in listed(values))
    substituted = (
        variables and canonical.startswith(_WITH_VARIABLES) and any(map(has_variables, texts))
    )
    return Condition(canonical, key, texts, if_exists, quantifier, substituted)


def operator_of(name: str) -> str:
    """The operator without prefix and suffix, in AWS's case; empty if there is none."""
    try:
        return _parts(name)[1]
    except UnknownOperator:
        return ""


def _parts(full_name: str) -> tuple[str, str, bool]:
    quantifier, _, name = full_name.rpartition(":")
    if_exists = name.lower().endswith("ifexists")
    plain = name[: -len("IfExists")] if if_exists else name
    canonical = _BY_LOWER_CASE.get(plain.lower())
    if canonical is None or quantifier not in ("", "ForAllValues", "ForAnyValue"):
        raise UnknownOperator(full_name)
    return quantifier, canonical, if_exists


def _context_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
