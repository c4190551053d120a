"""The route from a function's subnets to a service."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from localcloud.network.hosts import GATEWAY_SERVICES
from localcloud.network.security_groups import Peer, lets_in, lets_out
from localcloud.network.topology import Endpoint, Topology


class NoRoute(Exception):
    """There is no route; the message names what is missing."""


@dataclass(frozen=True)
class Origin:
    """Where a function's packets start. ``groups`` is None if its security groups are unknown."""

    region: str
    subnets: tuple[str, ...]
    groups: tuple[str, ...] | None


def find_route(topology: Topology, origin: Origin, service: str | None) -> Endpoint:
    """The endpoint that leads to its service. Raises NoRoute.

    Lambda may run a function in any of its subnets: each of them must have a route.
    """
    for subnet in origin.subnets:
        if subnet not in topology.subnets:
            raise NoRoute(f"the subnet {subnet} does not exist")
    if service and (interface := _interface(topology, origin, service)):
        return interface
    routes = [_from_subnet(topology, origin, subnet, service) for subnet in origin.subnets]
    return routes[0]


def _interface(topology: Topology, origin: Origin, service: str) -> Endpoint | None:
    """With private DNS the service's name leads to the endpoint, even if it cannot be entered."""
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
        function = Peer(frozenset(origin.groups), topology.network_of(subnet))
        if not lets_in(_groups(topology, endpoint.groups), function):
            raise NoRoute(f"no security group of {endpoint.id} lets HTTPS in from {subnet}")
    for subnet in endpoint.subnets:
        interface = Peer(endpoint.groups, topology.network_of(subnet))
        if not lets_out(_groups(topology, origin.groups), interface):
            raise NoRoute(f"no security group of the function lets HTTPS out to {endpoint.id}")


def _from_subnet(topology: Topology, origin: Origin, subnet: str, service: str | None) -> Endpoint:
    table = topology.route_table_of(subnet)["RouteTableId"]
    if service and (endpoint := _gateway(topology, table, service)):
        vpc = topology.vpc_of(subnet)
        if not topology.resolves_names(vpc, private=False):
            raise NoRoute(f"the VPC {vpc} has no DNS")
        _check_egress(topology, origin, Peer(prefix_list=topology.prefix_lists.get(service)))
        return endpoint
    raise NoRoute(f"{table} of {subnet} has no route to {service or 'the internet'}")


def _gateway(topology: Topology, table: str, service: str) -> Endpoint | None:
    if service.rsplit(".", 1)[-1] not in GATEWAY_SERVICES:
        return None
    for endpoint in topology.endpoints:
        if endpoint.is_gateway and endpoint.service == service and table in endpoint.route_tables:
            return endpoint
    return None


def _check_egress(topology: Topology, origin: Origin, peer: Peer) -> None:
    if origin.groups is not None and not lets_out(_groups(topology, origin.groups), peer):
        raise NoRoute("no security group of the function lets HTTPS out")


def _groups(topology: Topology, ids: Iterable[str]) -> list[dict[str, Any]]:
    return [topology.groups[group] for group in ids if group in topology.groups]
