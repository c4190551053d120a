"""The network interfaces of functions in a VPC: they outlive the function, and block the network.

Functions with the same subnet and security groups share one. Minutes after the last of them it is
detached; then anybody may delete it. Lambda does so after 20 minutes or more, with the permissions
of the function's role; without that role it never does.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
https://github.com/aws/aws-cdk/issues/34400
https://github.com/alchemy-run/alchemy/pull/937
"""

import threading
import uuid
from dataclasses import dataclass, field
from typing import Any

from moto.backends import get_backend

from localcloud.cloud import Cloud
from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call
from localcloud.gateway.moto_bridge import service_lock
from localcloud.lambda_.model import Version
from localcloud.lambda_.permissions import RoleChecks
from localcloud.settings import ACCOUNT_ID

DETACH_SECONDS = 4 * 60.0
DELETE_SECONDS = 25 * 60.0
_DESCRIPTION = "AWS Lambda VPC ENI"

Place = tuple[str, str, frozenset[str]]  # Region, subnet, security groups


@dataclass
class _Interface:
    """``users`` are ARNs of functions; ``role`` is that of the last one."""

    id: str
    role: str = ""
    users: set[str] = field(default_factory=set)
    released_at: float = 0.0


class NetworkInterfaces:
    """Made and deleted in moto's EC2; also the handler of EC2's calls that they make fail."""

    def __init__(self, cloud: Cloud) -> None:
        self._clock = cloud.clock
        self._roles = RoleChecks(cloud)
        self._interfaces: dict[Place, _Interface] = {}
        self._lock = threading.RLock()

    def attach(self, version: Version) -> None:
        """Give a function the interfaces of its VpcConfig, and take those of an earlier one."""
        function = str(version.configuration["FunctionArn"])
        places = _places(version)
        with self._lock:
            self._release(function, version.role, keep=places)
            for place in places:
                interface = self._interfaces.get(place)
                if interface is None or interface.id not in self._backend(place[0]).enis:
                    interface = self._interfaces[place] = self._create(place, version.name)
                self._set_status(place[0], interface.id, "in-use", "lambda")
                interface.users.add(function)

    def release(self, version: Version) -> None:
        """Take all interfaces from a deleted function."""
        with self._lock:
            self._release(str(version.configuration["FunctionArn"]), version.role, keep=set())

    def __call__(self, call: Call) -> None:
        """Refuse to delete what an interface is, or is in."""
        with self._lock:
            self._expire()
        check = _CHECKS.get(call.name)
        if check is None:
            return
        with service_lock("ec2"):
            for interface in self._backend(call.region).enis.values():
                if interface.description.startswith(_DESCRIPTION):
                    check(call.params, interface)

    def _release(self, function: str, role: str, keep: set[Place]) -> None:
        for place, interface in self._interfaces.items():
            if function in interface.users and place not in keep:
                interface.users.discard(function)
                interface.role, interface.released_at = role, self._clock.now()

    def _expire(self) -> None:
        for place, interface in list(self._interfaces.items()):
            waited = self._clock.elapsed(interface.released_at)
            if interface.users or waited < DETACH_SECONDS:
                continue
            with service_lock("ec2"):
                enis = self._backend(place[0]).enis
                if interface.id in enis:
                    self._set_status(place[0], interface.id, "available", "interface")
                if waited < DELETE_SECONDS:
                    continue
                if self._roles.may_delete_interfaces(interface.role):
                    enis.pop(interface.id, None)
            del self._interfaces[place]

    def _create(self, place: Place, function: str) -> _Interface:
        region, subnet, groups = place
        with service_lock("ec2"):
            created = self._backend(region).create_network_interface(
                subnet,
                None,
                group_ids=sorted(groups),
                description=f"{_DESCRIPTION}-{function}-{uuid.uuid4()}",
            )
            created.requester_managed = True
        return _Interface(created.id)

    def _set_status(self, region: str, interface_id: str, status: str, kind: str) -> None:
        interface = self._backend(region).enis[interface_id]
        interface.status, interface.interface_type = status, kind

    def _backend(self, region: str) -> Any:
        return get_backend("ec2")[ACCOUNT_ID][region]


def _places(version: Version) -> set[Place]:
    config = version.configuration.get("VpcConfig") or {}
    groups = frozenset(config.get("SecurityGroupIds", ()))
    return {(version.region, subnet, groups) for subnet in version.subnet_ids}


# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
def _check_subnet(params: dict[str, Any], interface: Any) -> None:
    if params["SubnetId"] == interface.subnet.id:
        message = f"The subnet '{interface.subnet.id}' has dependencies and cannot be deleted."
        raise ApiError("DependencyViolation", message, 400)


def _check_group(params: dict[str, Any], interface: Any) -> None:
    if params.get("GroupId") in {group.id for group in interface.group_set}:
        message = f"resource {params['GroupId']} has a dependent object"
        raise ApiError("DependencyViolation", message, 400)


def _check_interface(params: dict[str, Any], interface: Any) -> None:
    if params["NetworkInterfaceId"] == interface.id and interface.status == "in-use":
        message = f"Network interface '{interface.id}' is currently in use."
        raise ApiError("InvalidParameterValue", message, 400)


_CHECKS = {
    "DeleteSubnet": _check_subnet,
    "DeleteSecurityGroup": _check_group,
    "DeleteNetworkInterface": _check_interface,
}
