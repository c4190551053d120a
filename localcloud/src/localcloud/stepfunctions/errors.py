"""Errors of states, and the exception that unwinds an execution from outside."""

from __future__ import annotations

from enum import Enum

RUNTIME = "States.Runtime"
DATA_LIMIT = "States.DataLimitExceeded"
TIMEOUT = "States.Timeout"
TASK_FAILED = "States.TaskFailed"
ALL = "States.ALL"
QUERY_EVALUATION = "States.QueryEvaluationError"


class StateError(Exception):
    """A state failed with an error name, which Retry and Catch may match."""

    def __init__(self, error: str | None, cause: str | None = None) -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause

    def as_output(self) -> dict[str, str]:
        """``$states.errorOutput``, without the members that have no value."""
        members = {"Error": self.error, "Cause": self.cause}
        return {name: value for name, value in members.items() if value is not None}


def covers(errors: tuple[str, ...], error: str | None) -> bool:
    """Whether a rule's ErrorEquals covers the error's name.

    https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html: States.ALL
    covers neither States.DataLimitExceeded nor States.Runtime; States.TaskFailed is a wildcard for
    all but States.Timeout; a States.Runtime error "will always cause the execution to fail".
    """
    if error == RUNTIME:
        return False
    if error in errors or error == DATA_LIMIT:
        return error in errors
    return ALL in errors or (TASK_FAILED in errors and error != TIMEOUT)


class CancelReason(Enum):
    STOPPED = "StopExecution was called, or the cloud closes"
    TIMED_OUT = "the execution reached its own time-out"
    SIBLING_FAILED = "another branch of the same state failed"


class Cancelled(Exception):
    """Unwinds a branch; no Retry or Catch sees it."""

    def __init__(self, reason: CancelReason) -> None:
        super().__init__(reason.value)
        self.reason = reason
