"""Executions of Systems Manager Automation's documents."""

from __future__ import annotations

from typing import Any

from localcloud.ssm.execution import Execution


class AutomationExecution:
    """An execution of a runbook."""

    def __init__(self, execution: Execution) -> None:
        self._execution = execution

    @property
    def status(self) -> str:
        """InProgress, Cancelling, Success, Failed, TimedOut or Cancelled."""
        return self._execution.status

    @property
    def failure(self) -> str | None:
        """What the step said that made it fail."""
        return self._execution.failure

    def wait(self, timeout: float) -> str:
        """Wait until it has ended, at most ``timeout`` seconds; returns the status."""
        self._execution.join(timeout)
        return self._execution.status

    def cancel(self) -> None:
        """End it now, as StopAutomationExecution does."""
        self._execution.cancel()

    def output(self, name: str) -> Any:
        """Return ``<step>.<output>``; KeyError if the step has not given it."""
        return self._execution.output(name)
