"""Errors of states, and the exception that unwinds an execution from outside."""

from __future__ import annotations

from enum import Enum

RUNTIME = "States.Runtime"
DATA_LIMIT = "States.DataLimitExceeded"
TIMEOUT = "States.Timeout"
TASK_FAILED = "States.TaskFailed"
ALL = "States.ALL"
QUERY_EVALUATION = "States.QueryEvaluationError"

# "The States.ALL error type can't catch the States.DataLimitExceeded terminal error and Runtime
# error types": https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
NOT_IN_ALL = frozenset({DATA_LIMIT, RUNTIME})


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


class CancelReason(Enum):
    STOPPED = "StopExecution was called, or the cloud closes"
    TIMED_OUT = "the execution reached its own time-out"
    SIBLING_FAILED = "another branch of the same state failed"


class Cancelled(Exception):
    """Unwinds a branch; no Retry or Catch sees it."""

    def __init__(self, reason: CancelReason) -> None:
        super().__init__(reason.value)
        self.reason = reason
