"""Why a stack was not deployed or not deleted: a paragraph that ends with what to do."""

from __future__ import annotations

import os
import re

from .aws import Aws
from .errors import DeployError
from .plan import Stack
from .stack_events import Event, Operation
from .stack_info import stack_status

# A stack in one of these states cannot be updated, only deleted.
HALF_MADE = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED")
_RETRY = "Correct this and run the same command again"
_VERBS = {"CREATE_FAILED": "created", "UPDATE_FAILED": "updated", "DELETE_FAILED": "deleted"}


def not_deployed(aws: Aws, stack: Stack, operation: Operation) -> DeployError:
    operation.refresh()
    status = stack_status(aws, stack)
    cause = operation.first_cause()
    reason = _resource_failure(cause) if cause else _last_error(stack)
    log = f"The whole output of sam is in {os.path.relpath(stack.log)}."
    advice = _advice(stack, status) if operation.events else f"Nothing was changed. {_RETRY}."
    return DeployError(f"FAILED: {stack}. {reason} {log} {advice}")


def not_deleted(stack: Stack, operation: Operation) -> DeployError:
    cause = operation.first_cause()
    reason = _resource_failure(cause) if cause else "CloudFormation gives no reason."
    return DeployError(
        f"FAILED: {stack} was not deleted. {reason} {_RETRY}: it goes on with what still exists."
    )


def busy_error(stack: Stack, status: str) -> DeployError | None:
    """Return why a stack in this state can neither be deployed nor deleted; None if it can."""
    if status == "UPDATE_ROLLBACK_FAILED":
        return DeployError(f"{stack} is {status}: {_continue_rollback(stack)}")
    if is_in_progress(status):
        return DeployError(
            f"{stack} is {status}: another deployment is working on it. Wait until it has ended "
            "(see make status), then run the same command again."
        )
    return None


def is_in_progress(status: str) -> bool:
    """REVIEW_IN_PROGRESS only means that a change set of a new stack was never executed."""
    return status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"


def _resource_failure(event: Event) -> str:
    verb = _VERBS.get(event.status, f"finished ({event.status})")
    return f"{event.path} ({event.type}) could not be {verb}: {_sentence(event.reason)}"


def _last_error(stack: Stack) -> str:
    """Return the last `Error:` of sam's log without its traceback.

    Where a change set failed, only the reason that CloudFormation gives.
    """
    log = stack.log.read_text() if stack.log.exists() else ""
    text = log[log.rfind("Error:") :] if "Error:" in log else log[-600:]
    text = text.partition("\nTraceback")[0]
    reason = re.search(r"Status: FAILED\. Reason: (.*)", text, re.DOTALL)
    words = reason.group(1) if reason else text.removeprefix("Error:")
    return _sentence(" ".join(words.split())) if words.strip() else "sam printed no error."


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!")) else f"{text}."


def _advice(stack: Stack, status: str) -> str:
    if status == "UPDATE_ROLLBACK_FAILED":
        return f"Its rollback failed too: {_continue_rollback(stack)}"
    if status == "UPDATE_ROLLBACK_COMPLETE":
        return f"The stack is as it was before. {_RETRY}."
    if status in HALF_MADE:
        return f"{_RETRY}: it deletes this half-made stack first, and keeps the others."
    return f"The stack is {status}. {_RETRY}."


def _continue_rollback(stack: Stack) -> str:
    return (
        "correct what made the rollback fail, run `aws cloudformation continue-update-rollback "
        f"--stack-name {stack.name} --region {stack.region}`, then the same command again."
    )
