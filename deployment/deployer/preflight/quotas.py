"""What the account may have of each thing, and what is left of it."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

from ..cloud import MISSING, Cloud, status
from ..plan import Plan
from .finding import Finding

_VPCS = {"ServiceCode": "vpc", "QuotaCode": "L-F678F1CE"}
# A file takes ChunkConcurrency x RecordConcurrency validators and enrichers at the same time.
_FUNCTIONS = 100


def quotas(cloud: Cloud, plan: Plan, region: str) -> Iterator[Finding]:
    yield _functions(cloud, region)
    if status(cloud, plan.foundation(region)) == MISSING:
        yield _networks(cloud, region)


def _functions(cloud: Cloud, region: str) -> Finding:
    limits = cloud.client("lambda", region).get_account_settings()["AccountLimit"]
    free = limits["UnreservedConcurrentExecutions"]
    if free < _FUNCTIONS:
        return Finding.warning(
            f"{region}: only {free} Lambda functions may run at once; a file wants {_FUNCTIONS}: "
            "ask for more, or deploy with CHUNK_CONCURRENCY=1 RECORD_CONCURRENCY=5"
        )
    return Finding.ok(f"{region}: {free} Lambda functions may run at once")


def _networks(cloud: Cloud, region: str) -> Finding:
    used = len(cloud.client("ec2", region).describe_vpcs()["Vpcs"])
    try:
        quota = cloud.client("service-quotas", region).get_service_quota(**_VPCS)["Quota"]["Value"]
    except ClientError as error:  # the operator need not be allowed to read quotas
        return Finding.warning(
            f"{region}: the quota of VPCs is unknown ({error}); {used} are there"
        )
    if used >= quota:
        return Finding.missing(
            f"{region}: a VPC more than the {quota:.0f} allowed: delete one, or aws service-quotas "
            f"request-service-quota-increase --service-code vpc --quota-code {_VPCS['QuotaCode']} "
            f"--desired-value {used + 1} --region {region}"
        )
    return Finding.ok(f"{region}: {used} of {quota:.0f} VPCs")
