"""Which Region is active by DNS, as the reconciler sees it inside the VPC."""

from __future__ import annotations

import json
from typing import Any

from .aws import Aws
from .plan import Plan


class FunctionFailed(Exception):
    """A function ended with an error, which is the message."""


def active_region(aws: Aws, plan: Plan, region: str) -> str:
    """Return what the private record says. The reconciler changes nothing if no pass is named."""
    response = invoke(aws, region, plan.function("reconciler"), {})
    return str(response["active"])


def invoke(aws: Aws, region: str, function: str, event: dict[str, Any]) -> Any:
    """Return the function's response. Raises FunctionFailed."""
    lambda_ = aws.client("lambda", region)
    response = lambda_.invoke(FunctionName=function, Payload=json.dumps(event))
    payload = json.loads(response["Payload"].read() or "null")
    if "FunctionError" in response:
        error = payload.get("errorType", "error")
        raise FunctionFailed(f"{error}: {payload.get('errorMessage', payload)}")
    return payload
