"""Applies rules to a record."""

from collections.abc import Iterable, Mapping
from typing import Any

from validator.rule_types import Rule


def reasons(record: Mapping[str, Any], rules: Iterable[Rule]) -> list[str]:
    """Why the record is rejected, in the order of the rules; a malformed one has one reason."""
    if "malformed" in record:
        return [record["malformed"]]
    return [rule.reason for rule in rules if not rule.holds(record["fields"])]
