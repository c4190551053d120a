"""The runbook as a drill sees it: its steps, when each ran, and the waits among them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import boto3

_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")
FINAL_STATUSES = {"Success", "Failed", "TimedOut", "Cancelled"}


@dataclass(frozen=True)
class Step:
    """Times are epochs; ``declared`` are the AWS seconds that a step is told to sleep, else 0."""

    name: str
    status: str
    start: float
    end: float | None
    declared: float


@dataclass(frozen=True)
class Execution:
    """One execution of the runbook, as it stands."""

    status: str
    steps: list[Step]

    @property
    def stage(self) -> str:
        """The step that runs, or the status in the end."""
        is_running = self.steps and self.status not in FINAL_STATUSES
        return self.steps[-1].name if is_running else self.status

    def flip_time(self) -> float | None:
        """When the routing controls were set."""
        step = next((step for step in self.steps if step.name == "Failover"), None)
        return step.end if step and step.status == "Success" else None


def describe(execution_id: str, region: str) -> Execution:
    """What ``aws ssm get-automation-execution`` shows."""
    execution = boto3.client("ssm", region).get_automation_execution(
        AutomationExecutionId=execution_id
    )["AutomationExecution"]
    steps = [_step(item) for item in execution["StepExecutions"] if "ExecutionStartTime" in item]
    return Execution(execution["AutomationExecutionStatus"], steps)


def _step(item: Any) -> Step:
    end = item.get("ExecutionEndTime")
    duration = json.loads(item.get("Inputs", {}).get("Duration", '""'))
    return Step(
        item["StepName"],
        item["StepStatus"],
        item["ExecutionStartTime"].timestamp(),
        end.timestamp() if end else None,
        seconds(duration),
    )


def seconds(duration: str) -> float:
    """Of an ISO 8601 duration as the runbook takes it, such as PT3M; 0 if it is none."""
    match = _DURATION.fullmatch(duration)
    if match is None:
        return 0.0
    hours, minutes, single_seconds = (float(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + single_seconds
