"""Whether an attempt of this Region is still at work."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class Executions:
    """Those of the Main Orchestrator."""

    def __init__(self, stepfunctions: SFNClient, machine_arn: str) -> None:
        self._stepfunctions = stepfunctions
        self._prefix = machine_arn.replace(":stateMachine:", ":execution:")

    def running(self, attempt_id: str) -> bool:
        """False if it ended, however it did, or never was."""
        arn = f"{self._prefix}:{attempt_id}"
        try:
            found = self._stepfunctions.describe_execution(executionArn=arn)
        except self._stepfunctions.exceptions.ExecutionDoesNotExist:
            return False
        return found["status"] in ("RUNNING", "PENDING_REDRIVE")
