"""The Step Functions API."""

from __future__ import annotations

from localcloud.stepfunctions.api_executions import ExecutionOperations
from localcloud.stepfunctions.api_map_runs import MapRunOperations
from localcloud.stepfunctions.api_state_machines import StateMachineOperations


class StepFunctions(StateMachineOperations, ExecutionOperations, MapRunOperations):
    """Operations without a method (activities, versions, TestState …) are errors that name them."""
