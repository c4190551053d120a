"""The two Regions: they exist, are enabled, and offer what this needs."""

from __future__ import annotations

from collections.abc import Iterator

from ..cloud import Cloud
from .finding import Finding

# Where DescribeRegions is asked: enabled in every account.
_ASKED = "us-east-1"
# As /aws/service/global-infrastructure names them.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-global-infrastructure.html
NEEDED = (
    "apigateway", "cloudformation", "cloudwatch", "dynamodb", "ec2", "events", "fis", "iam", "kms",
    "lambda", "logs", "route53", "s3", "ses", "sns", "sqs", "ssm", "stepfunctions",
)  # fmt: skip
ENDPOINTS = ("states", "email", "sns")


def regions(cloud: Cloud, names: tuple[str, ...]) -> list[Finding]:
    answer = cloud.client("ec2", _ASKED).describe_regions(AllRegions=True)
    states = {one["RegionName"]: one["OptInStatus"] for one in answer["Regions"]}
    return [_region(name, states.get(name)) for name in names]


def _region(name: str, state: str | None) -> Finding:
    if state is None:
        return Finding.missing(
            f"{name}: there is no such Region; aws ec2 describe-regions lists them"
        )
    if state == "not-opted-in":
        return Finding.missing(
            f"{name} is not enabled in this account: aws account enable-region --region-name {name}"
        )
    return Finding.ok(f"{name} is enabled")


def services(cloud: Cloud, region: str) -> Iterator[Finding]:
    """AWS publishes what it offers where as public parameters, the same in every Region."""
    path = f"/aws/service/global-infrastructure/regions/{region}/services"
    pages = cloud.client("ssm", region).get_paginator("get_parameters_by_path").paginate(Path=path)
    offered = {one["Value"] for page in pages for one in page["Parameters"]}
    if not offered:
        yield Finding.warning(f"{region}: AWS does not say which services it offers")
    elif lacking := [name for name in NEEDED if name not in offered]:
        yield Finding.missing(f"{region} lacks {', '.join(lacking)}: choose another Region")
    else:
        yield Finding.ok(f"{region} offers the {len(NEEDED)} services")
    yield from _endpoints(cloud, region)


def _endpoints(cloud: Cloud, region: str) -> Iterator[Finding]:
    """The subnets are in the first two zones, and an endpoint needs to be offered in each."""
    ec2 = cloud.client("ec2", region)
    zones = sorted(
        one["ZoneName"] for one in ec2.describe_availability_zones()["AvailabilityZones"]
    )
    names = [f"com.amazonaws.{region}.{name}" for name in ENDPOINTS]
    pages = ec2.get_paginator("describe_vpc_endpoint_services").paginate()
    found = {
        one["ServiceName"]: set(one["AvailabilityZones"])
        for page in pages
        for one in page["ServiceDetails"]
    }
    for name in names:
        if name not in found:
            yield Finding.missing(f"{region} has no VPC endpoint {name}: choose another Region")
        elif lacking := [zone for zone in zones[:2] if zone not in found[name]]:
            yield Finding.missing(
                f"{', '.join(lacking)} has no VPC endpoint {name}: choose another Region"
            )
