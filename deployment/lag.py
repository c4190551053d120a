"""lag.py --bucket B REGION REGION: how far S3 replication of inputs is behind, both ways.

By S3's own metrics, which appear each minute in the Region of the destination, from a quarter of
an hour after replication was turned on:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

RULE = "inputs"  # of templates/foundation.yaml; a failover misses what this one has not brought
RECENT = timedelta(minutes=15)
QUICK = Config(connect_timeout=5, read_timeout=10, retries={"total_max_attempts": 2})
METRICS = ("OperationsPendingReplication", "ReplicationLatency")


def main() -> None:
    """One line for each direction."""
    parser = argparse.ArgumentParser(description="How far replication is behind, both ways.")
    parser.add_argument("--bucket", required=True, help="name of the bucket, {region} for its own")
    parser.add_argument("regions", nargs=2)
    asked = parser.parse_args()
    one, other = asked.regions
    for source, destination in ((one, other), (other, one)):
        print(f"  inputs from {source} to {destination}: {_lag(asked.bucket, source, destination)}")


def _lag(bucket: str, source: str, destination: str) -> str:
    dimensions = {
        "SourceBucket": bucket.format(region=source),
        "DestinationBucket": bucket.format(region=destination),
        "RuleId": RULE,
    }
    try:
        latest = _latest(boto3.client("cloudwatch", destination, config=QUICK), dimensions)
    except (BotoCoreError, ClientError) as error:
        return f"CloudWatch does not answer: {error}"
    if latest is None:
        return f"no metrics in the last {RECENT.seconds // 60} minutes"
    waiting, late, at = latest
    return f"{waiting:.0f} waiting, {late:.0f} s behind, at {at:%H:%M} UTC"


def _latest(cloudwatch: Any, dimensions: dict[str, str]) -> tuple[float, float, datetime] | None:
    """Operations that wait, seconds behind, and the minute of both; None if one is not known."""
    now = datetime.now(UTC)
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=[_query(place, dimensions) for place in range(len(METRICS))],
        StartTime=now - RECENT,
        EndTime=now + timedelta(minutes=1),
        ScanBy="TimestampDescending",
    )
    found = {one["Id"]: one for one in answer["MetricDataResults"]}
    waiting, late = (found[f"m{place}"] for place in range(len(METRICS)))
    if not (waiting["Values"] and late["Values"]):
        return None
    return waiting["Values"][0], late["Values"][0], waiting["Timestamps"][0]


def _query(place: int, dimensions: dict[str, str]) -> dict[str, Any]:
    pairs = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    metric = {"Namespace": "AWS/S3", "MetricName": METRICS[place], "Dimensions": pairs}
    return {"Id": f"m{place}", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Maximum"}}


if __name__ == "__main__":
    main()
