"""DescribeVpcEndpointServices: services that moto lacks, zones, filters with several values."""

from typing import Any

from moto.ec2.models.vpcs import (
    AWS_ENDPOINT_SERVICES,
    COVERED_ENDPOINT_SERVICES,
    IMPLEMENTED_ENDPOINT_SERVICES,
    VPCBackend,
)

from localcloud.network.zones import BARE_ZONE

# The API of SES got its endpoint after moto's list was made.
# https://docs.aws.amazon.com/ses/latest/dg/send-email-set-up-vpc-endpoints.html
_NEWER = ("email",)
# Services whose endpoints moto describes by themselves. For the others, of which only one is
# emulated here, it would import all services that its CloudFormation knows: 20 MiB.
_SPECIAL = ["dynamodb", "s3"]
_ORDINARY = "cloudformation"

_filter = VPCBackend._filter_endpoint_services


def complete() -> None:
    """Patch moto, for the whole process."""
    AWS_ENDPOINT_SERVICES.extend(name for name in _NEWER if name not in AWS_ENDPOINT_SERVICES)
    IMPLEMENTED_ENDPOINT_SERVICES[:] = _SPECIAL
    if _ORDINARY in COVERED_ENDPOINT_SERVICES:
        COVERED_ENDPOINT_SERVICES.remove(_ORDINARY)
    VPCBackend._filter_endpoint_services = staticmethod(_filtered)  # type: ignore[assignment]  # moto's is untyped


def _filtered(
    names: list[str], filters: list[dict[str, Any]], services: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """moto looks for ``Value``, but its parser passes on ``Values``, as in the model.

    Not every zone has every service.
    """
    renamed = [
        {"Name": entry["Name"], "Value": entry.get("Value") or entry.get("Values", [])}
        for entry in filters
    ]
    return [
        service | {"AvailabilityZones": [z for z in service["AvailabilityZones"] if z != BARE_ZONE]}
        for service in _filter(names, renamed, services)
    ]
