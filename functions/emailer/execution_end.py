"""A run that ended badly, as Step Functions tells it; the run itself may not have said so.

No state catches States.Runtime and States.DataLimitExceeded, a time-out of the whole run, or that
somebody stopped it: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from common.attempts import Attempt, attempt_with_id
from common.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

STATUS_CHANGE = "Step Functions Execution Status Change"
# Error and reason of an execution that gives none.
WORDS = {
    "FAILED": ("RunFailed", "The run failed without a reason."),
    "TIMED_OUT": ("RunTimedOut", "The run took longer than it may."),
    "ABORTED": ("RunStopped", "The run was stopped."),
}


class Ended(NamedTuple):
    """How an attempt ended; `execution` is the ARN of its execution."""

    attempt: Attempt
    execution: str
    error: str
    reason: str


def ended(stepfunctions: SFNClient, execution: str) -> Ended | None:
    """The end as it stands now, since an event may come late, twice or out of order.

    None if there is nothing to close: it was redriven meanwhile, or is the execution of no attempt.
    The attempt is in the name, so that the input, which an event may lack, is not needed.
    """
    found = stepfunctions.describe_execution(executionArn=execution)
    attempt, words = attempt_with_id(found["name"]), WORDS.get(found["status"])
    if attempt is None or words is None:
        logger.info("Not an attempt's end", execution=execution, status=found["status"])
        return None
    error, reason = words
    return Ended(attempt, execution, found.get("error") or error, found.get("cause") or reason)
