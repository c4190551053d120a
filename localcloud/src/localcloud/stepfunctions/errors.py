"""Errors of states, and the exception that unwinds an execution from outside."""

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
        """``$states.errorOutput``: an error without a cause, as a time-out, has an empty one."""
        # https://github.com/localstack/localstack/blob/main/tests/aws/services/stepfunctions/v2/timeouts/test_timeouts.snapshot.json
        error = {} if self.error is None else {"Error": self.error}
        return {**error, "Cause": self.cause or ""}


def covers(errors: tuple[str, ...], error: str | None) -> bool:
    """Whether a rule's ErrorEquals covers the error's name."""
    # https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html: an error
    # States.Runtime "will always cause the execution to fail"; States.TaskFailed is a wildcard for
    # all but States.Timeout. The page also says that States.ALL does not cover
    # States.DataLimitExceeded, but AWS was recorded covering it:
    # https://github.com/localstack/localstack/blob/main/tests/aws/services/stepfunctions/v2/error_handling/test_states_errors.snapshot.json
    if error == RUNTIME:
        return False
    if error in errors or ALL in errors:
        return True
    return TASK_FAILED in errors and error != TIMEOUT


class InvalidArguments(Exception):
    """Arguments that an integration does not take, in AWS's words."""


class CancelReason(Enum):
    STOPPED = "StopExecution was called, or the cloud closes"
    TIMED_OUT = "the execution reached its own time-out"
    SIBLING_FAILED = "another branch of the same state failed"


class Cancelled(Exception):
    """Unwinds a branch; no Retry or Catch sees it."""

    def __init__(self, reason: CancelReason) -> None:
        super().__init__(reason.value)
        self.reason = reason
