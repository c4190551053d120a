"""How an execution of the Main Orchestrator ended, if it ended badly.

No state catches States.Runtime, a timeout of the whole run, or a stop by a person:
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from common.attempts import AttemptId, parse_attempt_name
from common.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

STATUS_CHANGE = "Step Functions Execution Status Change"
# As long as the state machine lets a reason be; a cause can have 32 KiB.
MAX_REASON_LENGTH = 1000
# Error and reason of an execution that gives none, by its status.
DEFAULT_REASONS = {
    "FAILED": ("RunFailed", "The run failed without a reason."),
    "TIMED_OUT": ("RunTimedOut", "The run took longer than it may."),
    "ABORTED": ("RunStopped", "The run was stopped."),
}


class ExecutionEnd(NamedTuple):
    """How an attempt ended; `execution` is the ARN of its execution."""

    attempt: AttemptId
    execution: str
    error: str
    reason: str


def execution_end(stepfunctions: SFNClient, execution: str) -> ExecutionEnd | None:
    """Ask Step Functions how the execution ended, since an event may be late, doubled or reordered.

    Return None if there is nothing to close: the execution was redriven, or is that of no attempt.
    The attempt is in the name, so that the input, which an event may lack, is not needed.
    """
    response = stepfunctions.describe_execution(executionArn=execution)
    status, attempt = response["status"], parse_attempt_name(response["name"])
    if attempt is None or status not in DEFAULT_REASONS:
        logger.info("No attempt has ended badly", execution=execution, status=status)
        return None
    error, reason = DEFAULT_REASONS[status]
    reason = (response.get("cause") or reason)[:MAX_REASON_LENGTH]
    return ExecutionEnd(attempt, execution, response.get("error") or error, reason)
