"""deployment/deployer/replication_lag.py: how late replication is, by S3's metrics."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from deployment.deployer.aws import Aws
from deployment.deployer.replication_lag import replication_lag_lines
from tests.deployment.fakes import plan

EAST, WEST = "us-east-1", "us-west-2"
ACCOUNT = "123456789012"
PLAN = plan(primary_region=EAST, secondary_region=WEST)
pytestmark = pytest.mark.usefixtures("moto")


def publish(source: str, destination: str, name: str, value: float, age: int = 0) -> None:
    dimensions = {
        "SourceBucket": PLAN.bucket(ACCOUNT, source),
        "DestinationBucket": PLAN.bucket(ACCOUNT, destination),
        "RuleId": "inputs",
    }
    datum: Any = {
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": text} for key, text in dimensions.items()],
        "Timestamp": datetime.now(UTC) - timedelta(minutes=age),
        "Value": value,
    }
    boto3.client("cloudwatch", destination).put_metric_data(Namespace="AWS/S3", MetricData=[datum])


def test_each_direction_shows_the_latest_metrics_of_its_destination() -> None:
    for age, pending, latency in ((5, 900, 700), (1, 3, 42)):
        publish(EAST, WEST, "OperationsPendingReplication", pending, age)
        publish(EAST, WEST, "ReplicationLatency", latency, age)
    publish(WEST, EAST, "OperationsPendingReplication", 0)
    publish(WEST, EAST, "ReplicationLatency", 0)
    to_west, to_east = replication_lag_lines(Aws(), PLAN, ACCOUNT)
    assert to_west.startswith(f"inputs from {EAST} to {WEST}: 3 waiting, 42 s behind, at ")
    assert to_east.startswith(f"inputs from {WEST} to {EAST}: 0 waiting, 0 s behind, at ")


def test_a_direction_without_recent_metrics_says_so() -> None:
    publish(EAST, WEST, "ReplicationLatency", 1)
    publish(WEST, EAST, "OperationsPendingReplication", 900, age=60)
    assert [line.split(": ")[1] for line in replication_lag_lines(Aws(), PLAN, ACCOUNT)] == [
        "no metrics in the last 15 minutes",
        "no metrics in the last 15 minutes",
    ]


def test_a_region_that_does_not_answer_does_not_hide_the_other() -> None:
    publish(EAST, WEST, "OperationsPendingReplication", 3)
    publish(EAST, WEST, "ReplicationLatency", 42)

    class EastIsDown(Aws):
        def client(self, service: str, region: str, config: Any = None, _url: Any = None) -> Any:
            return super().client(
                service, region, config, "http://127.0.0.1:1" if region == EAST else None
            )

    to_west, to_east = replication_lag_lines(EastIsDown(), PLAN, ACCOUNT)
    assert "3 waiting" in to_west
    assert "CloudWatch does not answer" in to_east
