"""The two Regions: they exist, are enabled, and offer every service."""

from __future__ import annotations

from collections.abc import Iterator

from ..aws import Aws
from .finding import Finding

# DescribeRegions is called here, as this Region is enabled in every account.
_ALWAYS_ENABLED = "us-east-1"
# As /aws/service/global-infrastructure names them.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-global-infrastructure.html
NEEDED = (
    "apigateway", "cloudformation", "cloudwatch", "dynamodb", "ec2", "events", "fis", "iam", "kms",
    "lambda", "logs", "route53", "s3", "ses", "sns", "sqs", "ssm", "stepfunctions",
)  # fmt: skip
ENDPOINTS = ("states", "email", "sns")


def check_regions(aws: Aws, names: tuple[str, ...]) -> list[Finding]:
    response = aws.client("ec2", _ALWAYS_ENABLED).describe_regions(AllRegions=True)
    statuses = {region["RegionName"]: region["OptInStatus"] for region in response["Regions"]}
    return [_check_region(name, statuses.get(name)) for name in names]


def _check_region(name: str, status: str | None) -> Finding:
    if status is None:
        return Finding.missing(
            f"{name}: there is no such Region; aws ec2 describe-regions lists them"
        )
    if status == "not-opted-in":
        return Finding.missing(
            f"{name} is not enabled in this account: aws account enable-region --region-name {name}"
        )
    return Finding.ok(f"{name} is enabled")


def check_services(aws: Aws, region: str) -> Iterator[Finding]:
    """AWS publishes the services of each Region as public parameters, the same everywhere."""
    path = f"/aws/service/global-infrastructure/regions/{region}/services"
    pages = aws.client("ssm", region).get_paginator("get_parameters_by_path").paginate(Path=path)
    offered = {parameter["Value"] for page in pages for parameter in page["Parameters"]}
    if not offered:
        yield Finding.warning(f"{region}: AWS does not say which services it offers")
    elif lacking := [name for name in NEEDED if name not in offered]:
        yield Finding.missing(f"{region} lacks {', '.join(lacking)}: choose another Region")
    else:
        yield Finding.ok(f"{region} offers the {len(NEEDED)} services")
    yield from _check_endpoints(aws, region)


def _check_endpoints(aws: Aws, region: str) -> Iterator[Finding]:
    """The subnets are in the first two zones, each of which must offer every endpoint."""
    ec2 = aws.client("ec2", region)
    zones = sorted(
        zone["ZoneName"] for zone in ec2.describe_availability_zones()["AvailabilityZones"]
    )
    pages = ec2.get_paginator("describe_vpc_endpoint_services").paginate()
    offered = {
        service["ServiceName"]: set(service["AvailabilityZones"])
        for page in pages
        for service in page["ServiceDetails"]
    }
    for name in (f"com.amazonaws.{region}.{endpoint}" for endpoint in ENDPOINTS):
        if name not in offered:
            yield Finding.missing(f"{region} has no VPC endpoint {name}: choose another Region")
        elif lacking := [zone for zone in zones[:2] if zone not in offered[name]]:
            yield Finding.missing(
                f"{', '.join(lacking)} has no VPC endpoint {name}: choose another Region"
            )
