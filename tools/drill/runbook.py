"""The runbook as a drill sees it: its steps, when each was at work, and the waits among them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import boto3

_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")
ENDED = {"Success", "Failed", "TimedOut", "Cancelled"}


@dataclass(frozen=True)
class Step:
    """Times are epochs; ``declared`` are the AWS seconds that a step is told to sleep, else 0."""

    name: str
    status: str
    began: float
    ended: float | None
    declared: float
    answer: dict[str, Any]


@dataclass(frozen=True)
class Run:
    """One execution of the runbook, as it stands."""

    status: str
    steps: list[Step]

    @property
    def at_work(self) -> str:
        """Where it is, in a word."""
        return self.steps[-1].name if self.steps and self.status not in ENDED else self.status

    def step(self, name: str) -> Step | None:
        """The step if it has begun."""
        return next((step for step in self.steps if step.name == name), None)

    def flipped(self) -> float | None:
        """When the routing controls were set."""
        step = self.step("Failover")
        return step.ended if step and step.status == "Success" else None

    def handed_over(self) -> bool:
        """Whether the first pass is done."""
        step = self.step("ReconcileFirst")
        return step is not None and step.status == "Success"


def look(execution_id: str, region: str) -> Run:
    """What ``aws ssm get-automation-execution`` shows."""
    answer = boto3.client("ssm", region).get_automation_execution(
        AutomationExecutionId=execution_id
    )["AutomationExecution"]
    begun = [one for one in answer["StepExecutions"] if "ExecutionStartTime" in one]
    return Run(answer["AutomationExecutionStatus"], [_step(one) for one in begun])


def _step(given: Any) -> Step:
    ended = given.get("ExecutionEndTime")
    payload = given.get("Outputs", {}).get("Payload", ["{}"])[0]
    return Step(
        given["StepName"],
        given["StepStatus"],
        given["ExecutionStartTime"].timestamp(),
        ended.timestamp() if ended else None,
        seconds(json.loads(given.get("Inputs", {}).get("Duration", '""'))),
        json.loads(payload) if given["StepStatus"] == "Success" else {},
    )


def seconds(duration: str) -> float:
    """Of an ISO 8601 duration as the runbook takes it, such as PT3M; 0 if it is none."""
    match = _DURATION.fullmatch(duration)
    if match is None:
        return 0.0
    hours, minutes, rest = (float(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + rest
