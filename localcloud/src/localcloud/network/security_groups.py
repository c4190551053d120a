"""Whether security groups let HTTPS pass."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Any

_HTTPS = 443


@dataclass(frozen=True)
class Peer:
    """The other end: its security groups, its addresses, the prefix list that has it."""

    groups: frozenset[str] = field(default_factory=frozenset)
    network: IPv4Network | None = None
    prefix_list: str | None = None


def lets_out(groups: Iterable[dict[str, Any]], peer: Peer) -> bool:
    return _any_permission(groups, "IpPermissionsEgress", peer)


def lets_in(groups: Iterable[dict[str, Any]], peer: Peer) -> bool:
    return _any_permission(groups, "IpPermissions", peer)


def _any_permission(groups: Iterable[dict[str, Any]], direction: str, peer: Peer) -> bool:
    return any(
        _is_https(permission) and _covers(permission, peer)
        for group in groups
        for permission in group.get(direction, [])
    )


def _is_https(permission: dict[str, Any]) -> bool:
    protocol = str(permission.get("IpProtocol"))
    if protocol == "-1":
        return True
    if protocol not in ("tcp", "6"):
        return False
    return int(permission.get("FromPort", 0)) <= _HTTPS <= int(permission.get("ToPort", 65535))


def _covers(permission: dict[str, Any], peer: Peer) -> bool:
    if any(pair.get("GroupId") in peer.groups for pair in permission.get("UserIdGroupPairs", [])):
        return True
    lists = [entry["PrefixListId"] for entry in permission.get("PrefixListIds", [])]
    if peer.prefix_list in lists:
        return True
    networks = [
        IPv4Network(entry["CidrIp"], strict=False) for entry in permission.get("IpRanges", [])
    ]
    if peer.network is None:  # somewhere on the internet: only a rule for all addresses is sure
        return any(network.prefixlen == 0 for network in networks)
    return any(peer.network.subnet_of(network) for network in networks)
