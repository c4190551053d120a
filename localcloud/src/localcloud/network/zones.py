"""Availability zones, of which one has neither Lambda nor interface endpoints: use1-az3.

Which letter it has differs from account to account. Here it is us-east-1b, among the first two.
https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html
https://github.com/awslabs/aws-orbit-workbench/issues/320
"""

from types import SimpleNamespace

from moto.backends import get_backend
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend, Zone
from moto.ec2.responses import subnets

from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call

_BARE = "use1-az3"
_BARE_NAME = "us-east-1b"


def place_bare_zone() -> None:
    """Let the bare zone and the one with its name here change places, for the whole process."""
    zones = RegionsAndZonesBackend.zones["us-east-1"]
    by_id = {zone.zone_id: zone for zone in zones}
    named = next(zone for zone in zones if zone.name == _BARE_NAME)
    by_id[_BARE].zone_id, named.zone_id = named.zone_id, _BARE
    # For a subnet without a zone "AWS selects one for you". moto does so at random.
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html
    vars(subnets)["random"] = SimpleNamespace(choice=_first_with_all)


def _first_with_all(zones: list[Zone]) -> Zone:
    return next(zone for zone in zones if not is_bare(zone.zone_id))


def is_bare(zone_id: str) -> bool:
    return zone_id == _BARE


def bare_zone_names() -> set[str]:
    zones = (zone for zones in RegionsAndZonesBackend.zones.values() for zone in zones)
    return {zone.name for zone in zones if is_bare(zone.zone_id)}


class EndpointZones:
    """A handler that refuses interface endpoints in a bare zone, and answers nothing else."""

    def __init__(self, account: str) -> None:
        self._account = account

    def __call__(self, call: Call) -> None:
        if call.name != "CreateVpcEndpoint" or call.params.get("VpcEndpointType") != "Interface":
            return
        by_zone = get_backend("ec2")[self._account][call.region].subnets
        known = {name: subnet for part in by_zone.values() for name, subnet in part.items()}
        ids = [name for name in call.params.get("SubnetIds", []) if name in known]
        if bare := [name for name in ids if is_bare(known[name].availability_zone_id)]:
            service = call.params["ServiceName"]
            raise ApiError(
                "InvalidParameter",
                f"The VPC endpoint service {service} does not support the availability zone of the "
                f"subnet: {bare[0]}.",
                400,
            )
