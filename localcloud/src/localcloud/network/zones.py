"""Availability zones, of which one has neither Lambda nor interface endpoints: use1-az3.

Which letter it has differs from account to account. Here it is us-east-1b, among the first two.
https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html
https://github.com/awslabs/aws-orbit-workbench/issues/320
"""

from types import SimpleNamespace
from typing import Any

from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend, Zone
from moto.ec2.models.vpcs import (
    AWS_ENDPOINT_SERVICES,
    COVERED_ENDPOINT_SERVICES,
    IMPLEMENTED_ENDPOINT_SERVICES,
    VPCBackend,
)
from moto.ec2.responses import subnets

BARE_ZONE = "us-east-1b"
_BARE_ID = "use1-az3"


def place_bare_zone() -> None:
    """Let the bare zone and the one with its name here change places, for the whole process."""
    zones = RegionsAndZonesBackend.zones["us-east-1"]
    by_id = {zone.zone_id: zone for zone in zones}
    named = next(zone for zone in zones if zone.name == BARE_ZONE)
    by_id[_BARE_ID].zone_id, named.zone_id = named.zone_id, _BARE_ID
    # For a subnet without a zone "AWS selects one for you". moto does so at random.
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html
    vars(subnets)["random"] = SimpleNamespace(choice=_first_with_all)


def _first_with_all(zones: list[Zone]) -> Zone:
    return next(zone for zone in zones if zone.name != BARE_ZONE)


# The API of SES got its endpoint after moto's list was made.
# https://docs.aws.amazon.com/ses/latest/dg/send-email-set-up-vpc-endpoints.html
_NEWER = ("email",)
# Services whose endpoints moto describes by themselves. For the others, of which only one is
# emulated here, it would import all services that its CloudFormation knows: 20 MiB.
_SPECIAL = ["dynamodb", "s3"]
_ORDINARY = "cloudformation"

_filter = VPCBackend._filter_endpoint_services


def complete_endpoint_services() -> None:
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
