"""Which attempts have an execution that is running in this Region."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


def running_executions(stepfunctions: SFNClient, orchestrator_arn: str) -> frozenset[str]:
    """Return the names of all running executions, which are those of their attempts.

    They are listed, a thousand in a call, since DescribeExecution for each one would soon be
    throttled: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
    """
    pages = stepfunctions.get_paginator("list_executions").paginate(
        stateMachineArn=orchestrator_arn, statusFilter="RUNNING"
    )
    return frozenset(execution["name"] for page in pages for execution in page["executions"])
