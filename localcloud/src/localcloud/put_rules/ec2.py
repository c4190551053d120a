"""VPCs, subnets, endpoints, and the rules of security groups.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

import re

from moto.backends import get_backend
from moto.ec2.models.vpcs import AWS_ENDPOINT_SERVICES

from localcloud.gateway.errors import ApiError, not_emulated, require
from localcloud.gateway.identify import Call
from localcloud.network.zones import BARE_ZONE
from localcloud.put_rules.rule import Check, Params
from localcloud.settings import ACCOUNT_ID

_VALUE = "InvalidParameterValue"
_PROTOCOLS = ("tcp", "udp", "icmp", "icmpv6", "58", "-1")
_WITH_PORTS = ("tcp", "udp", "6", "17")


def _missing(name: str) -> tuple[str, str]:
    return "MissingParameter", f"The request must contain the parameter {name}"


def check_vpc_quota(quota: int, call: Call, _: Params) -> None:
    is_below = len(get_backend("ec2")[ACCOUNT_ID][call.region].vpcs) < quota
    require(is_below, "VpcLimitExceeded", "The maximum number of VPCs has been reached.")


def _group(_: Call, params: Params) -> None:
    name = params["GroupName"]
    message = "Invalid security group name. It may not be in the format sg-*"
    require(not name.startswith("sg-"), _VALUE, message)
    for member in ("GroupName", "Description"):
        text = params[member]
        message = f"Value ({text}) for parameter {member} is invalid. Character sets beyond ASCII"
        require(text.isascii(), _VALUE, f"{message} are not supported.")


def _rules(call: Call, params: Params) -> None:
    members = ("IpPermissions", "IpProtocol", "SourceSecurityGroupName", "SecurityGroupRuleIds")
    require(any(name in params for name in members), *_missing("IpPermissions"))
    for permission in params.get("IpPermissions", [params] if "IpProtocol" in params else []):
        _check_permission(call, permission)


def _check_permission(call: Call, permission: Params) -> None:
    require("IpProtocol" in permission, *_missing("IpProtocol"))
    protocol = permission["IpProtocol"].lower()
    is_known = protocol in _PROTOCOLS or (protocol.isdecimal() and int(protocol) <= 255)
    require(is_known, _VALUE, f"Invalid value '{protocol}' for IP protocol. Unknown protocol.")
    ports = permission.get("FromPort"), permission.get("ToPort")
    if protocol in _WITH_PORTS:
        _check_ports(*ports)
    if protocol != "-1" and None in ports:
        raise not_emulated(f"a rule of the protocol {protocol} without ports")
    for entry in permission.get("PrefixListIds", ()):
        name = entry.get("PrefixListId")
        message = f"The prefix list ID '{name}' does not exist"
        is_known = name in get_backend("ec2")[ACCOUNT_ID][call.region].managed_prefix_lists
        require(is_known, "InvalidPrefixListID.NotFound", message)


def _check_ports(first: int | None, last: int | None) -> None:
    if first is None or last is None:
        raise ApiError(_VALUE, "Must specify both from and to ports with TCP/UDP.", 400)
    for port in (first, last):
        require(0 <= port <= 65_535, _VALUE, f"TCP/UDP port ({port}) out of range")
    require(first <= last, _VALUE, f"Invalid TCP/UDP port range ({first}:{last})")


def _subnet(_: Call, params: Params) -> None:
    block = params["CidrBlock"]
    prefix = re.fullmatch(r"[\d.]+/(\d+)", block)
    message = f"Value ({block}) for parameter cidrBlock is invalid. This is not a valid CIDR block."
    require(block, _VALUE, message)
    fits = prefix is None or 16 <= int(prefix[1]) <= 28
    require(fits, "InvalidSubnet.Range", f"The CIDR '{block}' is invalid.")


def _tag_specifications(params: Params, kind: str) -> None:
    specifications = params.get("TagSpecifications") or []
    for specification in specifications:
        actual = specification.get("ResourceType")
        message = f"'{actual}' is not a valid taggable resource type for this operation."
        require(actual == kind, _VALUE, message)
    message = "The same resource type may not be specified more than once in tag specifications."
    require(len(specifications) < 2, _VALUE, message)


def _endpoint(call: Call, params: Params) -> None:
    _tag_specifications(params, "vpc-endpoint")
    name = params["ServiceName"]
    own, parts = f"com.amazonaws.{call.region}.", name.split(".")
    is_known = name.startswith("com.amazonaws.vpce.") or "s3-global" in parts
    is_known = is_known or (name.startswith(own) and name[len(own) :] in AWS_ENDPOINT_SERVICES)
    message = f"The Vpc Endpoint Service '{name}' does not exist"
    require(is_known, "InvalidServiceName", message)
    is_gateway = params.get("VpcEndpointType", "Gateway") == "Gateway"
    message = f"Endpoint type (Gateway) does not match available service types for {name}."
    require(not is_gateway or parts[-1] in ("s3", "dynamodb"), "InvalidParameter", message)
    if params.get("VpcEndpointType") == "Interface":
        _check_zones(call, params)


def _check_zones(call: Call, params: Params) -> None:
    subnets = get_backend("ec2")[ACCOUNT_ID][call.region].subnets.get(BARE_ZONE, {})
    for subnet in params.get("SubnetIds", []):
        message = (
            f"The VPC endpoint service {params['ServiceName']} does not support the availability "
            f"zone of the subnet: {subnet}."
        )
        require(subnet not in subnets, "InvalidParameter", message)


def _tags(_: Call, params: Params) -> None:
    for tag in params["Tags"]:
        is_reserved = str(tag.get("Key", "")).lower().startswith("aws:")
        message = "Tag keys starting with 'aws:' are reserved for internal use"
        require(not is_reserved, _VALUE, message)


CHECKS: dict[str, Check] = {
    "ec2:AuthorizeSecurityGroupEgress": _rules,
    "ec2:AuthorizeSecurityGroupIngress": _rules,
    "ec2:CreateSecurityGroup": _group,
    "ec2:CreateSubnet": _subnet,
    "ec2:CreateTags": _tags,
    "ec2:CreateVpcEndpoint": _endpoint,
    "ec2:RevokeSecurityGroupEgress": _rules,
    "ec2:RevokeSecurityGroupIngress": _rules,
}
