"""The types of resources that can be created here."""

from functools import cache
from importlib import import_module

from localcloud.cloudformation.resources.context import names
from localcloud.cloudformation.resources.provider import ResourceProvider
from localcloud.gateway.errors import not_emulated

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
    """The provider of a type; LocalCloudNotEmulated, naming the type, if there is none."""
    if kind not in providers():
        raise not_emulated(f"the resource type {kind}")
    return providers()[kind]
