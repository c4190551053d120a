"""What can go wrong in a state, and what unwinds an execution from outside."""

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

    def as_output(self) -> dict[str, str | None]:
        """``$states.errorOutput``. Members that AWS has no value for are left out."""
        pairs = {"Error": self.error, "Cause": self.cause}
        return {name: value for name, value in pairs.items() if value is not None}


class CancelReason(Enum):
    STOPPED = "StopExecution, or the cloud closes"
    TIMED_OUT = "the execution's own time is over"
    SIBLING_FAILED = "another branch of the same state failed"


class Cancelled(Exception):
    """Unwinds a branch. No Retry or Catch sees it."""

    def __init__(self, reason: CancelReason) -> None:
        super().__init__(reason.value)
        self.reason = reason
