"""Quotas of the account, and how much of each is free."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

from ..admission import FEW_FUNCTIONS, account, admission
from ..aws import Aws
from ..capacity.model import predict
from ..plan import Plan
from ..settings import Settings
from ..stack_info import MISSING, stack_status
from .finding import Finding

MILLION = 1_000_000
_VPCS = {"ServiceCode": "vpc", "QuotaCode": "L-F678F1CE"}


def check_quotas(aws: Aws, plan: Plan, region: str) -> Iterator[Finding]:
    yield _check_functions(aws, plan.settings, region)
    if stack_status(aws, plan.foundation(region)) == MISSING:
        yield _check_vpcs(aws, region)


def _check_functions(aws: Aws, settings: Settings, region: str) -> Finding:
    quotas = account(aws, region)
    width = admission(quotas, settings)
    minutes = predict(MILLION, width, quotas).seconds / 60
    records = width.record_concurrency * width.records_per_call
    text = (
        f"{region}: {quotas.functions:.0f} Lambda functions may run at once: {width.chunk_slots} "
        f"chunks of {records} records are processed at the same time, a file of a "
        f"million rows in about {minutes:,.0f} minutes (make tune)"
    )
    if width.functions > quotas.functions:
        return Finding.warning(f"{text}: more than that; leave CHUNK_SLOTS empty")
    if quotas.functions < FEW_FUNCTIONS:
        return Finding.warning(f"{text}; ask for more, so that files are processed faster")
    return Finding.ok(text)


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
