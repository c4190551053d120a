"""The two Regions: they exist, are enabled, and offer every service."""

from __future__ import annotations

from collections.abc import Iterator

from ..aws import Aws
from ..zones import ENDPOINTS, suitable_zones, zones_by_endpoint
from .access_points import check_access_point
from .finding import Finding

# DescribeRegions is called here, as this Region is enabled in every account.
_ALWAYS_ENABLED = "us-east-1"
# As /aws/service/global-infrastructure names them.
# https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-global-infrastructure.html
NEEDED = (
    "apigateway", "cloudformation", "cloudwatch", "dynamodb", "ec2", "events", "fis", "iam", "kms",
    "lambda", "logs", "route53", "s3", "ses", "sns", "sqs", "ssm", "stepfunctions",
)  # fmt: skip


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
    yield check_access_point(region)
    yield from _check_endpoints(aws, region)


def _check_endpoints(aws: Aws, region: str) -> Iterator[Finding]:
    """The two subnets are in zones that have every endpoint, and Lambda."""
    offered = zones_by_endpoint(aws, region)
    for name in ENDPOINTS:
        if name not in offered:
            yield Finding.missing(
                f"{region} has no VPC endpoint com.amazonaws.{region}.{name}: choose another Region"
            )
    zones = suitable_zones(aws, region)
    if len(zones) < 2:
        yield Finding.missing(
            f"{region} has only {len(zones)} zones with Lambda and the VPC endpoints "
            f"{', '.join(ENDPOINTS)}: choose another Region"
        )
