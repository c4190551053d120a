"""Judges one record. The rules are in validator/rules.py."""

from typing import Any, TypedDict

from aws_lambda_powertools.utilities.typing import LambdaContext

from common.observability import logger
from common.ready import answers_check
from validator.apply_rules import reasons
from validator.rules import RULES


class Verdict(TypedDict):
    """Every reason against the record; valid if there is none."""

    valid: bool
    reasons: list[str]


@logger.inject_lambda_context(log_event=False)
@answers_check()
def handler(event: dict[str, Any], _context: LambdaContext) -> Verdict:
    """A record → `{"valid": bool, "reasons": [str]}`.

    Only a failed rule makes a record invalid. An error in a rule is an error, and is raised.
    """
    found = reasons(event, RULES)
    return {"valid": not found, "reasons": found}
