"""Functions' network interfaces: they outlive the functions, and block the deletion of the network.

Lambda detaches one minutes after the last function. Then the interface is available, and anybody
may delete it. Lambda does so after 20 minutes or more, but not once the function's role is gone.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
https://github.com/go-to-k/delstack/issues/637
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from . import console
from .aws import Aws
from .errors import DeployError
from .plan import Stack
from .stack_info import MISSING, stack_resources, stack_status

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import NetworkInterfaceTypeDef

POLL_SECONDS = 3.0
LIMIT_SECONDS = 45 * 60


def delete_interfaces(aws: Aws, foundation: Stack) -> None:
    """Delete what functions have left in the network, and wait for what is still in use.

    Raises DeployError if an interface is in use for 45 minutes.
    """
    region, vpcs = foundation.region, _vpcs(aws, foundation)
    stopwatch = console.Stopwatch()
    while remaining := _delete_available(aws, region, vpcs):
        if stopwatch.seconds > LIMIT_SECONDS:
            raise DeployError(
                f"FAILED: network interfaces of functions in {region} are still in use: "
                f"{', '.join(remaining)}. Lambda has to release them; run make destroy-all later."
            )
        if stopwatch.is_report_due():
            console.info(
                f"{region}: Lambda still holds {len(remaining)} network interfaces, for minutes "
                f"after the functions are gone ({stopwatch.seconds} s so far)"
            )
        time.sleep(POLL_SECONDS)


def _vpcs(aws: Aws, foundation: Stack) -> list[str]:
    if stack_status(aws, foundation) == MISSING:
        return []
    resources = stack_resources(aws, foundation.region, foundation.name)
    return [r.physical_id for r in resources if r.type == "AWS::EC2::VPC" and r.physical_id]


def _delete_available(aws: Aws, region: str, vpcs: list[str]) -> list[str]:
    """Return the ids of those that are in use."""
    ec2 = aws.client("ec2", region)
    in_use = []
    for interface in _interfaces(aws, region, vpcs):
        interface_id = interface["NetworkInterfaceId"]
        if interface["Status"] != "available":
            in_use.append(interface_id)
            continue
        try:
            ec2.delete_network_interface(NetworkInterfaceId=interface_id)
        except ClientError as error:  # Lambda may have been quicker, or may use it again
            if error.response["Error"]["Code"] != "InvalidNetworkInterfaceID.NotFound":
                in_use.append(interface_id)
    return in_use


def _interfaces(aws: Aws, region: str, vpcs: list[str]) -> list[NetworkInterfaceTypeDef]:
    if not vpcs:
        return []
    filters = [
        {"Name": "vpc-id", "Values": vpcs},
        {"Name": "description", "Values": ["AWS Lambda VPC ENI*"]},
    ]
    paginator = aws.client("ec2", region).get_paginator("describe_network_interfaces")
    return [
        interface
        for page in paginator.paginate(Filters=filters)
        for interface in page["NetworkInterfaces"]
    ]
