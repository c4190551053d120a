"""Which Region is active by DNS, as the reconciler sees it inside the VPC."""

from __future__ import annotations

import json
from typing import Any

from botocore.config import Config

from .aws import STANDARD, Aws
from .plan import Plan


class FunctionFailed(Exception):
    """A function ended with an error, which is the message; `type` is the error's name."""

    def __init__(self, message: str, type: str = "") -> None:
        super().__init__(message)
        self.type = type


def active_region(aws: Aws, plan: Plan, region: str, config: Config = STANDARD) -> str:
    """Return what the private record says. The reconciler changes nothing if no pass is named."""
    response = invoke(aws, region, plan.function("reconciler"), {}, config)
    return str(response["active"])


def invoke(
    aws: Aws, region: str, function: str, event: dict[str, Any], config: Config = STANDARD
) -> Any:
    """Return the function's response. Raises FunctionFailed."""
    lambda_ = aws.client("lambda", region, config)
    response = lambda_.invoke(FunctionName=function, Payload=json.dumps(event))
    payload = json.loads(response["Payload"].read() or "null")
    if "FunctionError" in response:
        error = payload.get("errorType", "error")
        raise FunctionFailed(f"{error}: {payload.get('errorMessage', payload)}", error)
    return payload
