"""The types of resources that can be made here, one module a service."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from localcloud.cloudformation.resources.provider import ResourceType
from localcloud.gateway.errors import not_emulated

_MODULES = (
    "apigateway",
    "apigateway_stage",
    "arc",
    "cloudformation",
    "cloudwatch",
    "dynamodb",
    "dynamodb_global",
    "ec2",
    "ec2_security",
    "events",
    "fis",
    "iam",
    "kms",
    "lambda_",
    "lambda_function",
    "logs",
    "mrap",
    "route53",
    "s3",
    "secretsmanager",
    "ses",
    "sns",
    "sqs",
    "ssm",
    "stepfunctions",
)


@cache
def _registry() -> dict[str, ResourceType]:
    found: dict[str, ResourceType] = {}
    for name in _MODULES:
        module = import_module(f"{__name__}.{name}")
        found |= {kind.type: kind() for kind in module.TYPES}
    return found


def handler_for(kind: str) -> ResourceType:
    """The handler of a type; LocalCloudNotEmulated, naming the type, if there is none."""
    if kind not in _registry():
        raise not_emulated(f"the resource type {kind}")
    return _registry()[kind]
