"""The files that are not finished: one line a file, whichever Region can list them.

A line shows the age, status, owning Region and attempt, whether S3 has replicated the input, and
its key.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from . import console
from .aws import QUICK, Aws
from .errors import DeployError
from .plan import Plan

MOST_LINES = 50


def show_unfinished_files(aws: Aws, plan: Plan, account: str) -> None:
    """List the rows from one Region's table, and ask each row's own Region for its object."""
    rows = _rows_from_any_region(aws, plan)
    console.info(f"in flight: {len(rows)} files")
    for row in rows[:MOST_LINES]:
        bucket = plan.bucket(account, row["region"])
        console.info(_line(row, _replication_status(aws, row, bucket)))
    if len(rows) > MOST_LINES:
        console.info(f"… and {len(rows) - MOST_LINES} more")


def _rows_from_any_region(aws: Aws, plan: Plan) -> list[dict[str, str]]:
    """Return started runs, and failed ones that a failover would try again."""
    table = f"batch-state{plan.env}"
    failed_since = datetime.now(UTC) - timedelta(hours=int(plan.settings.failed_hours))
    since = failed_since.isoformat(timespec="milliseconds")
    for region in plan.settings.regions:
        dynamodb = aws.client("dynamodb", region, QUICK)
        try:
            failed = list(_rows(dynamodb, table, "FAILED", since))
            return [*_rows(dynamodb, table, "STARTED", " "), *failed]
        except (BotoCoreError, ClientError) as error:
            print(f"  the state table does not answer in {region}: {error}", file=sys.stderr)
    raise DeployError("FAILED: the state table answers in neither Region; the errors are above.")


def _rows(dynamodb: Any, table: str, status: str, since: str) -> Iterator[dict[str, str]]:
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        IndexName="by-status",
        KeyConditionExpression="#status = :status AND started_at >= :since",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":status": {"S": status}, ":since": {"S": since}},
    )
    for page in pages:
        for item in page["Items"]:
            yield {name: str(next(iter(value.values()))) for name, value in item.items()}


def _replication_status(aws: Aws, row: dict[str, str], bucket: str) -> str:
    """PENDING while the other Region lacks the input; a dash where S3 says nothing."""
    s3 = aws.client("s3", row["region"], QUICK)
    try:
        head = s3.head_object(Bucket=bucket, Key=row["key"], VersionId=row["version_id"])
    except (BotoCoreError, ClientError) as error:
        return f"no object ({type(error).__name__})"
    return str(head.get("ReplicationStatus", "-"))


def _line(row: dict[str, str], replication_status: str) -> str:
    age = datetime.now(UTC) - datetime.fromisoformat(row["started_at"])
    age_text = str(timedelta(seconds=int(age.total_seconds())))
    owner = f"{row['region']} #{row.get('attempt', '1')}"
    return f"{age_text:>10}  {row['status']:<8} {owner:<18} {replication_status:<10} {row['key']}"
