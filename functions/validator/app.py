"""Checks records against the rules of validator/rules.py."""

from typing import Any, TypedDict

from common.handler import lambda_handler
from common.records import Record, RejectedRecord, reject
from common.settings import NoSettings
from validator.apply_rules import rejection_reasons
from validator.rules import RULES


class ValidationResult(TypedDict):
    """The records in their order; those that are rejected have every reason."""

    valid: list[Record]
    rejected: list[RejectedRecord]


@lambda_handler(NoSettings)
def handler(event: dict[str, Any], _settings: NoSettings) -> ValidationResult:
    """`{"records": […]}` → `{"valid": […], "rejected": […]}`.

    Only a broken rule rejects a record. An error in a rule is an error, and is raised.
    """
    result = ValidationResult(valid=[], rejected=[])
    for record in event["records"]:
        if reasons := rejection_reasons(record, RULES):
            result["rejected"].append(reject(record, reasons))
        else:
            result["valid"].append(record)
    return result
