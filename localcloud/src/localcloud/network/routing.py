"""The way that a packet takes from a function's subnets to a service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from localcloud.gateway.errors import not_emulated
from localcloud.network.hosts import GATEWAY_SERVICES
from localcloud.network.security_groups import Peer, lets_in, lets_out
from localcloud.network.topology import Endpoint, Topology


@dataclass(frozen=True)
class Route:
    """Through an endpoint or (None) through a NAT gateway."""

    endpoint: Endpoint | None


class NoRoute(Exception):
    """Says which piece is missing."""


@dataclass(frozen=True)
class Origin:
    """Where a function's packets start. ``groups`` is None if its security groups are not known."""

    region: str
    subnets: tuple[str, ...]
    groups: tuple[str, ...] | None


def find_route(topology: Topology, origin: Origin, service: str | None) -> Route:
    """The way to the endpoint service, the same from every subnet; raises ``NoRoute``.

    Lambda may run a function in any of its subnets: a way that only one of them has is a fault.
    """
    missing = [one for one in origin.subnets if one not in topology.subnets]
    if missing:
        raise NoRoute(f"the subnet {missing[0]} does not exist")
    if service and (interface := _interface(topology, origin, service)):
        return Route(interface)
    ways = [_from_subnet(topology, origin, subnet, service) for subnet in origin.subnets]
    return ways[0]


def _interface(topology: Topology, origin: Origin, service: str) -> Endpoint | None:
    """With private DNS the service's name leads to the endpoint, whether it lets one in or not."""
    vpc = topology.vpc_of(origin.subnets[0])
    for endpoint in topology.endpoints:
        if endpoint.vpc != vpc or endpoint.service != service or endpoint.is_gateway:
            continue
        if not endpoint.private_dns or not topology.resolves_names(vpc, private=True):
            continue
        _check_groups(topology, origin, endpoint)
        return endpoint
    return None


def _check_groups(topology: Topology, origin: Origin, endpoint: Endpoint) -> None:
    if origin.groups is None:
        return
    for subnet in origin.subnets:
        here = Peer(frozenset(origin.groups), topology.network_of(subnet))
        if not lets_in(_groups(topology, endpoint.groups), here):
            raise NoRoute(f"no security group of {endpoint.id} lets HTTPS in from {subnet}")
    for subnet in endpoint.subnets:
        there = Peer(endpoint.groups, topology.network_of(subnet))
        if not lets_out(_groups(topology, origin.groups), there):
            raise NoRoute(f"no security group of the function lets HTTPS out to {endpoint.id}")


def _from_subnet(topology: Topology, origin: Origin, subnet: str, service: str | None) -> Route:
    table = topology.route_table_of(subnet)["RouteTableId"]
    vpc = topology.vpc_of(subnet)
    if service and service.rsplit(".", 1)[-1] in GATEWAY_SERVICES:
        for endpoint in topology.endpoints:
            if (
                endpoint.is_gateway
                and endpoint.service == service
                and table in endpoint.route_tables
            ):
                if not topology.resolves_names(vpc, private=False):
                    raise NoRoute(f"the VPC {vpc} has no DNS")
                _check_egress(
                    topology, origin, Peer(prefix_list=topology.prefix_lists.get(service))
                )
                return Route(endpoint)
    route = topology.default_route_of(subnet)
    if route is None:
        raise NoRoute(f"{table} of {subnet} has no route to {service or 'the internet'}")
    if nat := route.get("NatGatewayId"):
        if not topology.nat_leads_out(str(nat)):
            raise NoRoute(f"the NAT gateway {nat} is not in a public subnet")
        _check_egress(topology, origin, Peer())
        return Route(None)
    if str(route.get("GatewayId", "")).startswith("igw-"):
        # A function's network interface has no public address.
        # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html
        raise NoRoute(f"{subnet} is public: a function needs a NAT gateway")
    raise not_emulated(f"a default route that is neither NAT nor internet gateway ({table})")


def _check_egress(topology: Topology, origin: Origin, peer: Peer) -> None:
    if origin.groups is not None and not lets_out(_groups(topology, origin.groups), peer):
        raise NoRoute("no security group of the function lets HTTPS out")


def _groups(topology: Topology, ids: Any) -> list[dict[str, Any]]:
    return [topology.groups[one] for one in ids if one in topology.groups]
