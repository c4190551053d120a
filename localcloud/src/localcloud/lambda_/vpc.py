"""VpcConfig: its subnets and security groups must exist, in one VPC."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from localcloud.gateway.clients import Clients
from localcloud.lambda_.errors import invalid_parameter


def resolve(params: dict[str, Any], region: str, clients: Clients) -> dict[str, Any] | None:
    """Return VpcConfig as the API shows it, with VpcId; None if the function is in no VPC."""
    subnets, groups = params.get("SubnetIds") or [], params.get("SecurityGroupIds") or []
    if not subnets and not groups:
        return None
    if not subnets or not groups:
        raise invalid_parameter("SubnetIds and SecurityIds must coexist or be both empty list.")
    ec2 = clients.client("ec2", region)
    try:
        descriptions = ec2.describe_subnets(SubnetIds=subnets)["Subnets"]
        ec2.describe_security_groups(GroupIds=groups)
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        action = "DescribeSubnets" if "Subnet" in code else "DescribeSecurityGroups"
        raise invalid_parameter(
            f"Error occurred while {action}. EC2 Error Code: {code}. EC2 Error Message: {message}"
        ) from error
    vpcs = {subnet["VpcId"] for subnet in descriptions}
    if len(vpcs) != 1:
        raise invalid_parameter("All subnets must be in the same VPC.")
    return {
        "SubnetIds": subnets,
        "SecurityGroupIds": groups,
        "VpcId": vpcs.pop(),
        "Ipv6AllowedForDualStack": params.get("Ipv6AllowedForDualStack", False),
    }
