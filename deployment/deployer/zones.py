"""The two zones of a Region in which its subnets are.

Not every zone has every interface endpoint, nor Lambda, and which letter such a zone has differs
from account to account. So nobody can take the first two.
https://docs.aws.amazon.com/vpc/latest/privatelink/vpce-interface.html
https://github.com/keboola/developer-portal/issues/81
"""

from __future__ import annotations

from .aws import Aws
from .plan import Parameters, Stack
from .stack_info import stack_parameters

# The interface endpoints of templates/foundation.yaml.
ENDPOINTS = ("states", "email", "sns")
# The network has no endpoint for Lambda; where AWS offers one, Lambda has the zone.
_EVIDENCE = (*ENDPOINTS, "lambda")
_NAMES = ("ZoneA", "ZoneB")


def zone_parameters(aws: Aws, foundation: Stack) -> Parameters:
    """Return those that the stack has: other ones would replace the network under the functions."""
    deployed = stack_parameters(aws, foundation)
    if all(deployed.get(name) for name in _NAMES):
        return {name: deployed[name] for name in _NAMES}
    return dict(zip(_NAMES, suitable_zones(aws, foundation.region), strict=False))


def suitable_zones(aws: Aws, region: str) -> list[str]:
    """Return the zones that have all, sorted."""
    offered = zones_by_endpoint(aws, region)
    zones = aws.client("ec2", region).describe_availability_zones()["AvailabilityZones"]
    return sorted(
        zone["ZoneName"]
        for zone in zones
        if zone["ZoneType"] == "availability-zone" and zone["State"] == "available"
        if all(zone["ZoneName"] in offered.get(name, ()) for name in _EVIDENCE)
    )


def zones_by_endpoint(aws: Aws, region: str) -> dict[str, set[str]]:
    """`{"sns": {"eu-west-1a", …}, …}` for the endpoints that the Region offers."""
    names = [f"com.amazonaws.{region}.{name}" for name in _EVIDENCE]
    filters = [{"Name": "service-name", "Values": names}]
    paginator = aws.client("ec2", region).get_paginator("describe_vpc_endpoint_services")
    return {
        service["ServiceName"].rpartition(".")[2]: set(service["AvailabilityZones"])
        for page in paginator.paginate(Filters=filters)
        for service in page["ServiceDetails"]
    }
