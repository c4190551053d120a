"""VpcConfig: do its subnets and security groups exist, and in which VPC?"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from localcloud.gateway.clients import Clients
from localcloud.gateway.errors import ApiError


def resolve(wanted: dict[str, Any], region: str, clients: Clients) -> dict[str, Any] | None:
    """VpcConfig as the API shows it, with VpcId; None if the function is in no VPC."""
    subnets, groups = wanted.get("SubnetIds") or [], wanted.get("SecurityGroupIds") or []
    if not subnets and not groups:
        return None
    if not subnets or not groups:
        raise ApiError(
            "InvalidParameterValueException",
            "SubnetIds and SecurityIds must coexist or be both empty list.",
        )
    ec2 = clients.client("ec2", region)
    try:
        found = ec2.describe_subnets(SubnetIds=subnets)["Subnets"]
        ec2.describe_security_groups(GroupIds=groups)
    except ClientError as error:
        details = error.response["Error"]
        action = "DescribeSubnets" if "Subnet" in details["Code"] else "DescribeSecurityGroups"
        raise ApiError(
            "InvalidParameterValueException",
            f"Error occurred while {action}. EC2 Error Code: {details['Code']}. "
            f"EC2 Error Message: {details['Message']}",
        ) from error
    vpcs = {subnet["VpcId"] for subnet in found}
    if len(vpcs) != 1:
        raise ApiError("InvalidParameterValueException", "All subnets must be in the same VPC.")
    return {
        "SubnetIds": subnets,
        "SecurityGroupIds": groups,
        "VpcId": vpcs.pop(),
        "Ipv6AllowedForDualStack": wanted.get("Ipv6AllowedForDualStack", False),
    }
