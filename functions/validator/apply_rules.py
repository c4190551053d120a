"""Applies rules to a record."""

from collections.abc import Iterable, Mapping
from typing import Any

from validator.hidden_characters import hidden_characters
from validator.rule_types import Rule


def rejection_reasons(record: Mapping[str, Any], rules: Iterable[Rule]) -> list[str]:
    """Return the reasons in the order of the rules; a malformed record has one reason.

    If a rule is broken, hidden characters are named too, since they may be why.
    """
    if "malformed" in record:
        return [record["malformed"]]
    fields = record["fields"]
    reasons = [rule.reason for rule in rules if not rule.is_kept(fields)]
    return [*reasons, *hidden_characters(fields)] if reasons else []
