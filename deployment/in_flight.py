"""in_flight.py --table T --bucket B REGION…: what is not finished, and where it is.

One line a file: how long ago it was started, status, Region and attempt, whether S3 has replicated
it, and its key. A Region that does not answer is said to be so; the other's copy is shown.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

SHOWN = 50
FAILED_SINCE = timedelta(hours=48)
QUICK = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2})


def main() -> None:
    """Ask one Region for the rows, and each row's own Region for its object."""
    asked = _arguments()
    rows = _rows_of_some_region(asked.table, asked.regions)
    print(f"  in flight: {len(rows)} files")
    for row in rows[:SHOWN]:
        print(_line(row, _replication(row, asked.bucket.format(region=row["region"]))))
    if len(rows) > SHOWN:
        print(f"  … and {len(rows) - SHOWN} more")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What is not finished, and where it is.")
    parser.add_argument("--table", required=True)
    parser.add_argument(
        "--bucket", required=True, help="name of the bucket, {region} for its Region"
    )
    parser.add_argument("regions", nargs="+", help="in the order to ask")
    return parser.parse_args()


def _rows_of_some_region(table: str, regions: list[str]) -> list[dict[str, str]]:
    for region in regions:
        try:
            dynamodb = boto3.client("dynamodb", region_name=region, config=QUICK)
            since = (datetime.now(UTC) - FAILED_SINCE).isoformat(timespec="milliseconds")
            failed = list(_rows(dynamodb, table, "FAILED", since))
            return [*_rows(dynamodb, table, "STARTED", " "), *failed]
        except (BotoCoreError, ClientError) as error:
            print(f"  the state table does not answer in {region}: {error}", file=sys.stderr)
    sys.exit(1)


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


def _replication(row: dict[str, str], bucket: str) -> str:
    """PENDING while the other Region lacks the input; a dash where S3 does not say."""
    try:
        s3 = boto3.client("s3", region_name=row["region"], config=QUICK)
        head = s3.head_object(Bucket=bucket, Key=row["key"], VersionId=row["version_id"])
    except (BotoCoreError, ClientError) as error:
        return f"no object ({type(error).__name__})"
    return str(head.get("ReplicationStatus", "-"))


def _line(row: dict[str, str], replication: str) -> str:
    age = datetime.now(UTC) - datetime.fromisoformat(row["started_at"])
    owner = f"{row['region']} #{row.get('attempt', '1')}"
    age_text = str(timedelta(seconds=int(age.total_seconds())))
    return f"  {age_text:>10}  {row['status']:<8} {owner:<18} {replication:<10} {row['key']}"


if __name__ == "__main__":
    main()
