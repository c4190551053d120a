"""The names that a deployment goes by (docs/architecture.md)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tools.harness.runs import attempt_name
from tools.harness.shell import Shell


@dataclass(frozen=True)
class Deployment:
    """One ENV's deployment; ``regions`` are the primary and the standby."""

    env: str
    account: str
    regions: tuple[str, str]
    mrap_arn: str

    @staticmethod
    def of(shell: Shell) -> Deployment:
        """What the shell's commands have deployed, as ``make settings`` prints it."""
        settings = shell.settings()
        regions = (settings["PRIMARY_REGION"], settings["SECONDARY_REGION"])
        account = shell.environment["AWS_ACCOUNT"]
        return Deployment(settings["ENV"], account, regions, settings["MRAP_ARN"])

    @property
    def state_table(self) -> str:
        return f"batch-state{self.env}"

    def bucket(self, region: str) -> str:
        return f"batch-{self.account}-{region}{self.env}"

    def function(self, name: str) -> str:
        return f"batch-{name}{self.env}"

    def orchestrator(self, region: str) -> str:
        return f"arn:aws:states:{region}:{self.account}:stateMachine:MainOrchestrator{self.env}"

    def execution(self, row: dict[str, Any]) -> str:
        """The ARN of the execution of the attempt that a row shows."""
        machine = self.orchestrator(row["region"])
        return f"{machine.replace(':stateMachine:', ':execution:')}:{attempt_name(row)}"
