"""Quotas of the account, and how much of each is free."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

from ..aws import Aws
from ..plan import Plan
from ..stack_info import MISSING, stack_status
from .finding import Finding

_VPCS = {"ServiceCode": "vpc", "QuotaCode": "L-F678F1CE"}
# A file takes CHUNK_CONCURRENCY x RECORD_CONCURRENCY validators and enrichers at the same time.
_FUNCTIONS = 100


def check_quotas(aws: Aws, plan: Plan, region: str) -> Iterator[Finding]:
    yield _check_functions(aws, region)
    if stack_status(aws, plan.foundation(region)) == MISSING:
        yield _check_vpcs(aws, region)


def _check_functions(aws: Aws, region: str) -> Finding:
    limits = aws.client("lambda", region).get_account_settings()["AccountLimit"]
    free = limits["UnreservedConcurrentExecutions"]
    if free < _FUNCTIONS:
        return Finding.warning(
            f"{region}: only {free} Lambda functions may run at once; a file takes {_FUNCTIONS}: "
            "ask for more, or deploy with CHUNK_CONCURRENCY=1 RECORD_CONCURRENCY=5"
        )
    return Finding.ok(f"{region}: {free} Lambda functions may run at once")


def _check_vpcs(aws: Aws, region: str) -> Finding:
    used = len(aws.client("ec2", region).describe_vpcs()["Vpcs"])
    try:
        response = aws.client("service-quotas", region).get_service_quota(**_VPCS)
    except ClientError as error:  # the operator may lack the permission to read quotas
        return Finding.warning(f"{region}: the quota of VPCs is unknown ({error}); it has {used}")
    quota = response["Quota"]["Value"]
    if used >= quota:
        return Finding.missing(
            f"{region}: a VPC more than the {quota:.0f} allowed: delete one, or aws service-quotas "
            f"request-service-quota-increase --service-code vpc --quota-code {_VPCS['QuotaCode']} "
            f"--desired-value {used + 1} --region {region}"
        )
    return Finding.ok(f"{region}: {used} of {quota:.0f} VPCs")
