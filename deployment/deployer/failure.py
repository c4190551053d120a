"""Why a stack was not deployed, or not deleted: one paragraph, and what to do."""

from __future__ import annotations

import os
import re

from .cloud import Cloud, status
from .events import Event, Operation
from .plan import Stack, Stopped

_AGAIN = "Mend that and run the same command again"
_VERBS = {"CREATE_FAILED": "created", "UPDATE_FAILED": "updated", "DELETE_FAILED": "deleted"}


def not_deployed(cloud: Cloud, stack: Stack, operation: Operation) -> Stopped:
    operation.look()
    state = status(cloud, stack)
    cause = operation.first_cause()
    why = _resource(cause) if cause else _last_words(stack)
    log = f"All that sam said is in {os.path.relpath(stack.log)}."
    then = _next(stack, state) if operation.events else f"Nothing of it was changed. {_AGAIN}."
    return Stopped(f"FAILED: {stack}. {why} {log} {then}")


def not_deleted(stack: Stack, operation: Operation) -> Stopped:
    cause = operation.first_cause()
    why = _resource(cause) if cause else "CloudFormation does not say why."
    return Stopped(f"FAILED: {stack} was not deleted. {why} {_AGAIN}; what is gone stays gone.")


def busy(stack: Stack, state: str) -> Stopped | None:
    """Why nothing can be done with a stack in this state now; None if something can."""
    if state == "UPDATE_ROLLBACK_FAILED":
        return Stopped(f"{stack} is {state}: {_continue(stack)}")
    # The change set of a stack that does not exist yet was never executed: no harm.
    if state.endswith("_IN_PROGRESS") and state != "REVIEW_IN_PROGRESS":
        return Stopped(
            f"{stack} is {state}: somebody else is at work on it. Wait until that has ended "
            f"(make status) and run the same command again."
        )
    return None


def _resource(event: Event) -> str:
    verb = _VERBS.get(event.status, f"finished ({event.status})")
    return f"{event.path} ({event.type}) could not be {verb}: {_sentence(event.reason)}"


def _last_words(stack: Stack) -> str:
    """From the last `Error:` in sam's log; the reason alone, where a change set failed.

    Of an error that sam did not foresee it shows where in itself that happened: not of interest.
    """
    said = stack.log.read_text() if stack.log.exists() else ""
    text = said[said.rfind("Error:") :] if "Error:" in said else said[-600:]
    text = text.partition("\nTraceback")[0]
    reason = re.search(r"Status: FAILED\. Reason: (.*)", text, re.DOTALL)
    words = reason.group(1) if reason else text.removeprefix("Error:")
    return _sentence(" ".join(words.split())) if words.strip() else "sam ended without a word."


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!")) else f"{text}."


def _next(stack: Stack, state: str) -> str:
    if state == "UPDATE_ROLLBACK_FAILED":
        return f"Its rollback failed too: {_continue(stack)}"
    if state == "UPDATE_ROLLBACK_COMPLETE":
        return f"The stack is as it was before. {_AGAIN}."
    if state in HALF_MADE:
        return f"{_AGAIN}: it deletes this half-made stack first, and leaves what stands."
    return f"The stack is {state}. {_AGAIN}."


def _continue(stack: Stack) -> str:
    return (
        "mend what the rollback stumbled over, run `aws cloudformation continue-update-rollback "
        f"--stack-name {stack.name} --region {stack.region}`, then the same command again."
    )


# A stack whose creation failed can only be deleted.
HALF_MADE = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED")
