"""Finds the integration that a Task's Resource names, and refuses what it does not know."""

import re
from collections.abc import Callable

from localcloud.gateway.errors import not_emulated
from localcloud.stepfunctions.fields import Fields
from localcloud.stepfunctions.integrations.apigateway_invoke import ApiGatewayInvoke
from localcloud.stepfunctions.integrations.integration import Integration
from localcloud.stepfunctions.integrations.lambda_invoke import LambdaFunction, LambdaInvoke
from localcloud.stepfunctions.integrations.sdk import (
    OPTIMIZED,
    Optimized,
    SdkIntegration,
    sdk_operation,
)

_LAMBDA = re.compile(r"arn:aws[a-z-]*:lambda:([a-z0-9-]+):\d{12}:function:[^:]+(:[^:]+)?")
_SERVICE = re.compile(
    r"arn:aws[a-z-]*:states:::(?P<service>aws-sdk:[a-z0-9]+|[a-z0-9-]+):(?P<action>\w+)"
    r"(?P<pattern>\.[\w:]+)?"
)

_ACTIVITY = re.compile(r"arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:activity:.+")

# Services with optimized integrations that the local cloud has not:
# https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
_NOT_EMULATED = {
    "athena", "batch", "bedrock", "codebuild", "databrew", "ecs", "eks", "elasticmapreduce",
    "emr-containers", "emr-serverless", "events", "glue", "http", "mediaconvert", "sagemaker",
}  # fmt: skip

_REFUSED = Integration("refused", "refused")  # stands for a Resource that was reported

_BY_NAME: dict[str, Callable[[], Integration]] = {
    "lambda:invoke": LambdaInvoke,
    "apigateway:invoke": ApiGatewayInvoke,
}


def read_integration(fields: Fields, machine_type: str, region: str) -> Integration:
    """The integration that Resource names; its literal arguments are checked as well."""
    if not fields.require("Resource"):
        return _REFUSED
    resource = fields.text("Resource") or ""
    integration = _find(resource, fields, machine_type, region)
    if integration is None:
        fields.report(
            "Resource",
            f"The resource provided {resource} is not recognized. The value is not a valid "
            "resource ARN, or the resource is not available in this region.",
        )
        return _REFUSED
    arguments = fields.peek("Arguments")
    if isinstance(arguments, dict):
        integration.check(fields, arguments)
    return integration


def _find(resource: str, fields: Fields, machine_type: str, region: str) -> Integration | None:
    if function := _LAMBDA.fullmatch(resource):
        return LambdaFunction(resource) if function[1] == region else None
    if _ACTIVITY.fullmatch(resource):
        if machine_type == "EXPRESS":
            fields.report("Resource", "Express state machine does not support Activity ARN")
            return _REFUSED
        raise not_emulated(f"activities ({resource})")
    match = _SERVICE.fullmatch(resource)
    if match is None:
        return None
    service, action, pattern = match["service"], match["action"], match["pattern"] or ""
    if pattern and machine_type == "EXPRESS":
        # AWS writes one blank too many for task tokens.
        pattern, end = (".sync", "") if pattern.startswith(".sync") else (pattern, " ")
        message = f"Express state machine does not support '{pattern}' service integration{end}"
        fields.report("Resource", message)
        return _REFUSED
    name = f"{service}:{action}{pattern}"
    if name in _BY_NAME:
        return _BY_NAME[name]()
    if name in OPTIMIZED:
        return Optimized(service, action)
    base = f"{service}:{action}"
    if not service.startswith("aws-sdk:"):
        if base in _BY_NAME or base in OPTIMIZED or service in _NOT_EMULATED:
            raise not_emulated(f"the integration {name}")
        return None
    if pattern:
        raise not_emulated(f"the integration pattern {pattern} of {base}")
    operation = sdk_operation(service.removeprefix("aws-sdk:"), action)
    return SdkIntegration(service, action, operation) if operation else None
