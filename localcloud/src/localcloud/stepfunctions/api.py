"""The Step Functions API."""

from __future__ import annotations

from localcloud.gateway.errors import ApiError
from localcloud.gateway.paging import Pager
from localcloud.stepfunctions.api_executions import ExecutionOperations
from localcloud.stepfunctions.api_state_machines import StateMachineOperations


def _invalid_token(token: str) -> ApiError:
    return ApiError("InvalidToken", f"Invalid Token: '{token}'")


class StepFunctions(StateMachineOperations, ExecutionOperations):
    """Operations without a method (activities, versions, TestState …) are errors that name them."""

    pager = Pager(100, _invalid_token)
