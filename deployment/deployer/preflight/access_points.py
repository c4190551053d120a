"""Regions that can have a bucket of a Multi-Region Access Point.

No API tells. The list is that of AWS's documentation of November 2026.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPointRestrictions.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/ConfiguringMrapOptInRegions.html
"""

from __future__ import annotations

from .finding import Finding

REGIONS = (
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1",
    "ap-southeast-2", "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2",
    "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
)  # fmt: skip
# To be enabled first, as every Region that the account has to opt in to.
OPT_IN_REGIONS = (
    "af-south-1", "ap-east-1", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ca-west-1",
    "eu-central-2", "eu-south-1", "eu-south-2", "il-central-1", "me-central-1", "me-south-1",
)  # fmt: skip


def check_access_point(region: str) -> Finding:
    if region in REGIONS or region in OPT_IN_REGIONS:
        return Finding.ok(f"{region} can have a bucket of a Multi-Region Access Point")
    return Finding.missing(
        f"{region} cannot have a bucket of an S3 Multi-Region Access Point: choose another Region"
    )
