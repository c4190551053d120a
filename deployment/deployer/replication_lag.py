"""How late S3 is in replicating inputs, in each direction, by S3's own metrics.

They appear each minute in the Region of the destination, from a quarter of an hour after
replication was turned on: https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .aws import QUICK, Aws
from .parallel import run_parallel
from .plan import Plan

RULE = "inputs"  # of templates/foundation.yaml; a failover lacks what this rule has not replicated
PERIOD = timedelta(minutes=15)
METRICS = {"pending": "OperationsPendingReplication", "latency": "ReplicationLatency"}


def replication_lag_lines(aws: Aws, plan: Plan, account: str) -> list[str]:
    """Return one line for each direction."""
    primary, secondary = plan.settings.regions
    directions = (primary, secondary), (secondary, primary)
    return run_parallel(*(partial(_line, aws, plan, account, *pair) for pair in directions))


def _line(aws: Aws, plan: Plan, account: str, source: str, destination: str) -> str:
    dimensions = {
        "SourceBucket": plan.bucket(account, source),
        "DestinationBucket": plan.bucket(account, destination),
        "RuleId": RULE,
    }
    return f"inputs from {source} to {destination}: {_lag(aws, destination, dimensions)}"


def _lag(aws: Aws, region: str, dimensions: dict[str, str]) -> str:
    now = datetime.now(UTC)
    try:
        response = aws.client("cloudwatch", region, QUICK).get_metric_data(
            MetricDataQueries=[_query(query, METRICS[query], dimensions) for query in METRICS],
            StartTime=now - PERIOD,
            EndTime=now + timedelta(minutes=1),
            ScanBy="TimestampDescending",
        )
    except (BotoCoreError, ClientError) as error:
        return f"CloudWatch does not answer: {error}"
    results = {result["Id"]: result for result in response["MetricDataResults"]}
    pending, latency = results["pending"], results["latency"]
    if not (pending["Values"] and latency["Values"]):
        return f"no metrics in the last {PERIOD.seconds // 60} minutes"
    minute = pending["Timestamps"][0]
    return (
        f"{pending['Values'][0]:.0f} waiting, {latency['Values'][0]:.0f} s behind, "
        f"at {minute:%H:%M} UTC"
    )


def _query(query_id: str, metric_name: str, dimensions: dict[str, str]) -> dict[str, Any]:
    pairs = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    metric = {"Namespace": "AWS/S3", "MetricName": metric_name, "Dimensions": pairs}
    return {"Id": query_id, "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Maximum"}}
