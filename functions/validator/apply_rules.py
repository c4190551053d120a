"""Applies rules to a record."""

from collections.abc import Iterable, Mapping
from typing import Any

from validator.rule_types import Rule


def rejection_reasons(record: Mapping[str, Any], rules: Iterable[Rule]) -> list[str]:
    """Return the reasons in the order of the rules; a malformed record has one reason."""
    if "malformed" in record:
        return [record["malformed"]]
    return [rule.reason for rule in rules if not rule.is_kept(record["fields"])]
