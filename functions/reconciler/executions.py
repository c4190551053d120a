"""Whether the execution of an attempt is running in this Region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


@dataclass(frozen=True)
class Executions:
    """The executions of the Main Orchestrator, which are named for their attempts."""

    stepfunctions: SFNClient
    orchestrator_arn: str

    def is_running(self, attempt_id: str) -> bool:
        """Return False if the execution has ended, or never existed."""
        prefix = self.orchestrator_arn.replace(":stateMachine:", ":execution:")
        try:
            response = self.stepfunctions.describe_execution(executionArn=f"{prefix}:{attempt_id}")
        except self.stepfunctions.exceptions.ExecutionDoesNotExist:
            return False
        return response["status"] in ("RUNNING", "PENDING_REDRIVE")
