"""Runs the failover runbook in a Region, and shows each step as it goes.

`failover` calls Systems Manager in that Region and nothing else: another Region may be down.
"""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import Any

from . import console
from .aws import Aws
from .errors import DeployError
from .plan import Plan
from .run_commands import describe_deployment

POLL_SECONDS = 2.0
_RUNNING = {"Pending", "InProgress", "Waiting"}


def failover(aws: Aws, plan: Plan, region: str, traffic: str) -> None:
    """Make the Region active. Raises DeployError if the runbook does not succeed.

    `traffic` is where the access point sends requests, unless the setting says otherwise.
    """
    ssm, runbook = aws.client("ssm", region), plan.runbook()
    execution_id = ssm.start_automation_execution(
        DocumentName=runbook, DocumentVersion="$DEFAULT", Parameters=_parameters(plan, traffic)
    )["AutomationExecutionId"]
    console.info(f"{runbook} in {region}: {execution_id}")
    execution = _follow(ssm, execution_id)
    status = execution["AutomationExecutionStatus"]
    if status != "Success":
        raise DeployError(
            f"FAILED: the runbook ended as {status}. {execution.get('FailureMessage', '')}\n\n"
            "Next: correct this and run the same command again, which repeats no step that is done."
        )
    console.info("What each pass did (docs/operations.md explains it):")
    print(json.dumps(execution.get("Outputs", {}), indent=4))


def reconcile(aws: Aws, plan: Plan) -> None:
    """Run the runbook in the Region that is active, which begins there what is unfinished."""
    failover(aws, plan, describe_deployment(aws, plan), "unchanged")


def _parameters(plan: Plan, traffic: str) -> dict[str, list[str]]:
    """Only the waits that are set: the others have their default in the runbook."""
    settings = plan.settings
    values = {
        "FenceWait": settings.fence_wait,
        "ReplicationWait": settings.replication_wait,
        "Traffic": settings.traffic or traffic,
    }
    return {name: [value] for name, value in values.items() if value}


def _follow(ssm: Any, execution_id: str) -> dict[str, Any]:
    """Print each step when its status changes; return the execution when it has ended."""
    printed: dict[str, str] = {}
    while True:
        response = ssm.get_automation_execution(AutomationExecutionId=execution_id)
        execution: dict[str, Any] = response["AutomationExecution"]
        for step in execution.get("StepExecutions", []):
            name, status = step["StepName"], step["StepStatus"]
            if status not in ("Pending", printed.get(name)):
                printed[name] = status
                console.info(f"{datetime.now():%H:%M:%S}  {name:<20} {status}")
        if execution["AutomationExecutionStatus"] not in _RUNNING:
            return execution
        time.sleep(POLL_SECONDS)
