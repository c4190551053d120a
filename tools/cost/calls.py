"""Calls of APIs that are billed by the call.

https://aws.amazon.com/s3/pricing/: "PUT, COPY, POST, LIST requests", "GET, SELECT, and all other
requests"; DELETE is free.
"""

from __future__ import annotations

from collections import defaultdict

from tools.cost.usage import Line, Usage

CALLS = "calls"
# Other services' calls are free, or another unit counts them.
_BY_SERVICE = {"kms": "kms:Requests", "sqs": "sqs:Requests"}
_BY_ACTION = {
    "sns:Publish": "sns:Requests",
    "events:PutEvents": "events:CustomEvents",
    "cloudwatch:PutMetricData": "cloudwatch:Requests",
    "cloudwatch:GetMetricData": "cloudwatch:Requests",
    "cloudwatch:GetMetricStatistics": "cloudwatch:Requests",
}
_S3_TIER_1 = ("Put", "Copy", "Post", "List", "Create", "Upload", "Complete", "Restore")
_S3_FREE = ("Delete", "Abort")
# Permissions of replication, ListBucket among them, that the local cloud notes beside the calls.
_S3_NO_CALLS = ("Replicate", "GetReplicationConfiguration", "GetObjectVersion")


def billable(usage: Usage) -> Usage:
    """The usage with its calls turned into units that have a price, and without the others."""
    amounts: defaultdict[Line, float] = defaultdict(float)
    for line, amount in usage.items():
        if line.unit != CALLS:
            amounts[line] += amount
        elif unit := unit_of_call(line.resource):
            service, _, _ = line.resource.partition(":")
            amounts[Line(unit, line.region, service)] += amount
    return dict(amounts)


def unit_of_call(action: str) -> str | None:
    """The unit of ``service:Operation``; None if it is free or not counted as a call."""
    service, _, operation = action.partition(":")
    if service != "s3":
        return _BY_ACTION.get(action) or _BY_SERVICE.get(service)
    if operation.startswith((*_S3_FREE, *_S3_NO_CALLS)) or operation == "ListBucket":
        return None
    return "s3:Tier1Requests" if operation.startswith(_S3_TIER_1) else "s3:Tier2Requests"
