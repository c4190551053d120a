"""Finds the resources of a target, with the experiment's role.

https://docs.aws.amazon.com/fis/latest/userguide/targets.html
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable
from typing import Any

from botocore.exceptions import ClientError

from localcloud.fis.role import ActionFailed, Run, failed_call
from localcloud.gateway.errors import ApiError, not_emulated

Target = dict[str, Any]
Resource = tuple[str, dict[str, str], dict[str, Any]]  # ARN, tags, attributes for filters

_SELECTION = re.compile(r"^(?:ALL|(?P<kind>COUNT|PERCENT)\((?P<number>[1-9]\d{0,5})\))$")
EMPTY = "Target resolution returned empty set"


def check(name: str, target: Target) -> None:
    """Raises ValidationException or LocalCloudNotEmulated when a template is made."""
    kind = target["resourceType"]
    if kind not in _RESOURCES:
        raise not_emulated(f"the resource type {kind} of FIS (target {name})")
    if set(target.get("parameters") or ()) - {"availabilityZoneIdentifier", "vpc"}:
        raise not_emulated(f"the parameters {sorted(target['parameters'])} of target {name}")
    if not _SELECTION.match(target["selectionMode"]):
        raise _invalid(f"The selection mode {target['selectionMode']} of target {name}")
    by_arn = bool(target.get("resourceArns"))
    if by_arn == bool(target.get("resourceTags") or target.get("parameters")):
        raise _invalid(f"Target {name} needs either resource ARNs or resource tags; it")
    if by_arn and target.get("filters"):
        raise _invalid(f"Target {name} has ARNs and filters; that")
    if by_arn and kind == "aws:s3:bucket":
        # "This action only supports targeting by tags."
        raise _invalid(f"Target {name} names buckets by ARN; that")


def resolve(run: Run, target: Target) -> tuple[str, ...]:
    """The ARNs. Raises ActionFailed."""
    try:
        resources = list(_RESOURCES[target["resourceType"]](run))
    except ClientError as error:
        raise failed_call(error) from error
    if arns := target.get("resourceArns"):
        existing = {arn for arn, _, _ in resources}
        if missing := [arn for arn in arns if arn not in existing]:
            raise ActionFailed("InvalidTarget", f"Target {missing[0]} does not exist.")
    else:
        arns = [arn for arn, tags, attributes in resources if _matches(target, tags, attributes)]
    return _select(list(arns), target["selectionMode"])


def _matches(target: Target, tags: dict[str, str], attributes: dict[str, Any]) -> bool:
    parameters = target.get("parameters", {})
    zone, vpc = parameters.get("availabilityZoneIdentifier"), parameters.get("vpc")
    return (
        (target.get("resourceTags") or {}).items() <= tags.items()
        and zone in (None, attributes.get("AvailabilityZone"), attributes.get("AvailabilityZoneId"))
        and vpc in (None, attributes.get("VpcId"))
        and all(
            _values(attributes, entry["path"].split(".")) & set(entry["values"])
            for entry in target.get("filters") or []
        )
    )


def _values(value: Any, path: list[str]) -> set[str]:
    """The values at a filter's path, through lists as well."""
    if isinstance(value, list):
        return {text for item in value for text in _values(item, path)}
    if not path:
        return {str(value)}
    if isinstance(value, dict) and path[0] in value:
        return _values(value[path[0]], path[1:])
    return set()


def _select(arns: list[str], mode: str) -> tuple[str, ...]:
    match = _SELECTION.match(mode)
    if match is None or match["kind"] is None:
        return tuple(arns)
    number = int(match["number"])
    if match["kind"] == "PERCENT":
        number = len(arns) * number // 100
    return tuple(random.sample(arns, min(number, len(arns))))  # chaos, not cryptography


def _subnets(run: Run) -> Iterable[Resource]:
    ec2 = run.cloud.clients.client("ec2", run.region, run.principal)
    for subnet in ec2.describe_subnets()["Subnets"]:
        yield run.arn("ec2", f"subnet/{subnet['SubnetId']}"), _tags(subnet.get("Tags")), subnet


def _buckets(run: Run) -> Iterable[Resource]:
    run.require("s3:ListAllMyBuckets", "*")
    run.require("tag:GetResources", "*")
    s3 = run.cloud.clients.client("s3", run.region)
    for bucket in s3.list_buckets()["Buckets"]:
        name = bucket["Name"]
        location = s3.get_bucket_location(Bucket=name)["LocationConstraint"]
        if (location or "us-east-1") != run.region:
            continue
        try:
            tags = _tags(s3.get_bucket_tagging(Bucket=name)["TagSet"])
        except ClientError:
            tags = {}  # NoSuchTagSet
        yield f"arn:aws:s3:::{name}", tags, bucket


def _tables(run: Run) -> Iterable[Resource]:
    run.require("tag:GetResources", "*")
    dynamodb = run.cloud.clients.client("dynamodb", run.region)
    for name in dynamodb.list_tables()["TableNames"]:
        arn = run.arn("dynamodb", f"table/{name}")
        yield arn, _tags(dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"]), {}


_RESOURCES: dict[str, Callable[[Run], Iterable[Resource]]] = {
    "aws:ec2:subnet": _subnets,
    "aws:s3:bucket": _buckets,
    "aws:dynamodb:global-table": _tables,
}


def _tags(tag_list: Any) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tag_list or []}


def _invalid(subject: str) -> ApiError:
    return ApiError("ValidationException", f"{subject} is not valid.", 400)
