"""Claims about the metrics of S3 replication."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from localcloud.clock import utc

from .conftest import EAST, WEST, World


def maximum(world: World, metric: str, region: str = WEST, rule: str = "rule") -> float | None:
    """Return the maximum of all data points; None if there are none."""
    client: Any = world.cloud.clients.client("cloudwatch", region)
    listed = client.list_metrics(Namespace="AWS/S3", MetricName=metric)["Metrics"]
    expected = {"SourceBucket": "bucket-east", "DestinationBucket": "bucket-west", "RuleId": rule}
    dimensions = [{"Name": name, "Value": value} for name, value in expected.items()]
    if not any({d["Name"]: d["Value"] for d in item["Dimensions"]} == expected for item in listed):
        return None
    (point,) = client.get_metric_statistics(
        Namespace="AWS/S3",
        MetricName=metric,
        Dimensions=dimensions,
        StartTime=utc(0),
        EndTime=utc(4_000_000_000) + timedelta(days=1),
        Period=86_400 * 365 * 100,
        Statistics=["Maximum"],
    )["Datapoints"]
    return float(point["Maximum"])


def test_pending_versions_are_counted_and_aged_in_the_destination_region(world: World) -> None:
    world.replicate(EAST, WEST)
    world.replication.pause("bucket-east")
    world.east.put_object(Bucket="bucket-east", Key="input/a", Body=b"12345")
    world.east.put_object(Bucket="bucket-east", Key="input/b", Body=b"123")
    assert maximum(world, "OperationsPendingReplication") == 2
    assert maximum(world, "BytesPendingReplication") == 8
    assert (maximum(world, "ReplicationLatency") or 0) > 0
    assert maximum(world, "OperationsPendingReplication", EAST) is None


def test_a_delete_marker_is_an_operation_without_bytes(world: World) -> None:
    world.replicate(EAST, WEST)
    world.replication.pause("bucket-east")
    world.east.delete_object(Bucket="bucket-east", Key="input/a")
    assert maximum(world, "BytesPendingReplication") == 0


def test_without_pending_versions_the_metrics_are_zero(world: World) -> None:
    world.replicate(EAST, WEST)
    assert maximum(world, "ReplicationLatency") == 0
    assert maximum(world, "OperationsPendingReplication") == 0


def test_a_rule_without_metrics_has_none(world: World) -> None:
    world.replicate(EAST, WEST, Destination={"Bucket": "arn:aws:s3:::bucket-west"})
    assert maximum(world, "ReplicationLatency") is None
