"""Finds the subnets of a target, with the experiment's role.

https://docs.aws.amazon.com/fis/latest/userguide/targets.html
"""

import re
from typing import Any

from botocore.exceptions import ClientError

from localcloud.fis.role import ActionFailed, Run, failed_call
from localcloud.gateway.errors import ApiError, not_emulated

Target = dict[str, Any]
_SELECTION = re.compile(r"ALL|(COUNT|PERCENT)\([1-9]\d{0,5}\)")


def check(name: str, target: Target) -> None:
    """Raises ValidationException or LocalCloudNotEmulated when a template is made."""
    kind, mode = target["resourceType"], target["selectionMode"]
    if kind != "aws:ec2:subnet":
        raise not_emulated(f"the resource type {kind} of FIS (target {name})")
    if not _SELECTION.fullmatch(mode):
        raise _invalid(f"The selection mode {mode} of target {name}")
    if mode != "ALL":
        raise not_emulated(f"the selection mode {mode} of FIS (target {name})")
    for member in ("filters", "parameters"):
        if target.get(member):
            raise not_emulated(f"{member} of FIS (target {name})")
    if bool(target.get("resourceArns")) == bool(target.get("resourceTags")):
        raise _invalid(f"Target {name} needs either resource ARNs or resource tags; it")


def resolve(run: Run, target: Target) -> tuple[str, ...]:
    """The ARNs. Raises ActionFailed."""
    ec2 = run.cloud.clients.client("ec2", run.region, run.principal)
    try:
        subnets = ec2.describe_subnets()["Subnets"]
    except ClientError as error:
        raise failed_call(error) from error
    tags = {run.arn(f"subnet/{subnet['SubnetId']}"): _tags(subnet) for subnet in subnets}
    if arns := target.get("resourceArns"):
        if missing := [arn for arn in arns if arn not in tags]:
            raise ActionFailed("InvalidTarget", f"Target {missing[0]} does not exist.")
        return tuple(arns)
    expected = target["resourceTags"].items()
    tagged = tuple(arn for arn, own in tags.items() if expected <= own.items())
    if not tagged:
        raise ActionFailed("InvalidTarget", "Target resolution returned empty set")
    return tagged


def _tags(subnet: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in subnet.get("Tags") or ()}


def _invalid(subject: str) -> ApiError:
    return ApiError("ValidationException", f"{subject} is not valid.", 400)
