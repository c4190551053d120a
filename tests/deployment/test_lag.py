"""deployment/lag.py: how far replication is behind, as S3's metrics in the destination say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from deployment import lag

EAST, WEST = "us-east-1", "us-west-2"
BUCKET = "batch-{region}-test"


@pytest.fixture(autouse=True)
def _aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setattr("sys.argv", ["lag.py", "--bucket", BUCKET, EAST, WEST])
    with mock_aws():
        yield


def _publish(source: str, destination: str, name: str, value: float, age: int = 0) -> None:
    dimensions = {
        "SourceBucket": BUCKET.format(region=source),
        "DestinationBucket": BUCKET.format(region=destination),
        "RuleId": "inputs",
    }
    datum: Any = {
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": text} for key, text in dimensions.items()],
        "Timestamp": datetime.now(UTC) - timedelta(minutes=age),
        "Value": value,
    }
    boto3.client("cloudwatch", destination).put_metric_data(Namespace="AWS/S3", MetricData=[datum])


def _shown(capsys: pytest.CaptureFixture[str]) -> list[str]:
    lag.main()
    return capsys.readouterr().out.splitlines()


def test_each_direction_shows_the_latest_figures_of_its_destination(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for age, waiting, late in ((5, 900, 700), (1, 3, 42)):
        _publish(EAST, WEST, "OperationsPendingReplication", waiting, age)
        _publish(EAST, WEST, "ReplicationLatency", late, age)
    _publish(WEST, EAST, "OperationsPendingReplication", 0)
    _publish(WEST, EAST, "ReplicationLatency", 0)
    there, back = _shown(capsys)
    assert there.startswith(f"  inputs from {EAST} to {WEST}: 3 waiting, 42 s behind, at ")
    assert back.startswith(f"  inputs from {WEST} to {EAST}: 0 waiting, 0 s behind, at ")


def test_where_there_are_no_figures_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    _publish(EAST, WEST, "ReplicationLatency", 1)
    _publish(WEST, EAST, "OperationsPendingReplication", 900, age=60)
    assert [line.split(": ")[1] for line in _shown(capsys)] == [
        "no metrics in the last 15 minutes",
        "no metrics in the last 15 minutes",
    ]


def test_a_region_that_does_not_answer_does_not_hide_the_other(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _publish(EAST, WEST, "OperationsPendingReplication", 3)
    _publish(EAST, WEST, "ReplicationLatency", 42)
    client = boto3.client

    def broken(service: str, region: str, **more: Any) -> Any:
        if region == EAST:
            more["endpoint_url"] = "http://127.0.0.1:1"
        return client(service, region, **more)  # type: ignore[call-overload]  # names vary

    monkeypatch.setattr(boto3, "client", broken)
    there, back = _shown(capsys)
    assert "3 waiting" in there
    assert "CloudWatch does not answer" in back
