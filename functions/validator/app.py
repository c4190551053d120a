"""Checks one record against the rules of validator/rules.py."""

from typing import Any, TypedDict

from common.handler import lambda_handler
from common.settings import NoSettings
from validator.apply_rules import rejection_reasons
from validator.rules import RULES


class ValidationResult(TypedDict):
    """Every reason to reject the record; it is valid if there is none."""

    valid: bool
    reasons: list[str]


@lambda_handler(NoSettings)
def handler(event: dict[str, Any], _settings: NoSettings) -> ValidationResult:
    """A record → `{"valid": bool, "reasons": [str]}`.

    Only a broken rule makes a record invalid. An error in a rule is an error, and is raised.
    """
    reasons = rejection_reasons(event, RULES)
    return {"valid": not reasons, "reasons": reasons}
