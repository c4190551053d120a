"""The types of resources that can be created here."""

from functools import cache
from importlib import import_module

from localcloud.cloudformation.resources.context import names
from localcloud.cloudformation.resources.provider import ResourceProvider

_MODULES = names(
    "apigatewayv2 arc cloudformation dynamodb ec2 events iam lambda_ mrap route53 rows s3 sns sqs "
    "ssm stepfunctions"
)


@cache
def providers() -> dict[str, ResourceProvider]:
    """Every provider by its type. Read when first needed: it takes a while."""
    modules = [import_module(f"{__name__}.{name}") for name in _MODULES]
    return {provider.type: provider for module in modules for provider in module.PROVIDERS}


def provider_of(kind: str) -> ResourceProvider:
    return providers()[kind]
