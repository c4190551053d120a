"""Availability zones, of which one has neither Lambda nor interface endpoints: use1-az3.

Which letter it has differs from account to account. Here it is us-east-1b, among the first two.
https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html
https://github.com/awslabs/aws-orbit-workbench/issues/320
"""

from types import SimpleNamespace

from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend, Zone
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
