"""Logs and metrics of services reach CloudWatch in batches, and before somebody reads them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from moto.cloudwatch.models import cloudwatch_backends

from localcloud.cloud import Cloud, new_cloud
from localcloud.cloudwatch import CloudWatch, cloudwatch_of
from localcloud.cloudwatch.logs import LogEvent, LogStream
from localcloud.cloudwatch.metrics import Metric
from localcloud.settings import ACCOUNT_ID, Settings

REGION = "us-east-1"
METRIC = Metric(REGION, "N", "M", "Count", (("Name", "value"),))


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    cloud = new_cloud(Settings(tmp_path))
    yield cloud
    cloud.close()


@pytest.fixture
def cloudwatch(cloud: Cloud) -> CloudWatch:
    return cloudwatch_of(cloud)


def _statistics(cloud: Cloud) -> Any:
    now = datetime.now(UTC)
    (point,) = cloud.clients.client("cloudwatch", REGION).get_metric_statistics(
        Namespace="N",
        MetricName="M",
        Dimensions=[{"Name": "Name", "Value": "value"}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=3600 * 3,
        Statistics=["Sum", "Minimum", "Maximum", "SampleCount"],
    )["Datapoints"]
    return [point[name] for name in ("Sum", "Minimum", "Maximum", "SampleCount")]


def test_every_service_finds_the_same_cloudwatch(cloud: Cloud, cloudwatch: CloudWatch) -> None:
    assert cloudwatch_of(cloud) is cloudwatch


def test_metrics_are_flushed_before_they_are_read(cloud: Cloud, cloudwatch: CloudWatch) -> None:
    for value in (1.0, 5.0, 3.0):
        cloudwatch.metrics.add(METRIC, value)
    assert _statistics(cloud) == [9.0, 1.0, 5.0, 3.0]


def test_the_metrics_of_a_minute_are_one_datum(cloud: Cloud, cloudwatch: CloudWatch) -> None:
    """However often they are flushed: a cloud may run for days."""
    minutes = set()
    for value in (1.0, 5.0, 3.0):
        cloudwatch.metrics.add(METRIC, value)
        minutes.add(datetime.now(UTC).minute)
        cloudwatch.metrics.flush()
    assert _statistics(cloud) == [9.0, 1.0, 5.0, 3.0]
    data = cloudwatch_backends[ACCOUNT_ID][REGION].metric_data
    assert sum(datum.namespace == "N" for datum in data) <= len(minutes)


def test_log_events_are_flushed_before_they_are_read_and_in_order_of_time(
    cloud: Cloud, cloudwatch: CloudWatch
) -> None:
    logs: Any = cloud.clients.client("logs", REGION)
    logs.create_log_group(logGroupName="group")
    now = int(datetime.now(UTC).timestamp() * 1000)
    stream = LogStream(REGION, "group", "stream")
    cloudwatch.logs.add(stream, [LogEvent(now + 1, "second"), LogEvent(now, "first")])
    events = logs.filter_log_events(logGroupName="group")["events"]
    assert [event["message"] for event in events] == ["first", "second"]


def test_aws_writes_to_a_group_as_soon_as_it_exists(cloud: Cloud, cloudwatch: CloudWatch) -> None:
    logs: Any = cloud.clients.client("logs", REGION)
    now = int(datetime.now(UTC).timestamp() * 1000)
    stream = LogStream(REGION, "group", "stream")
    cloudwatch.logs.add(stream, [LogEvent(now, "dropped")])
    cloudwatch.logs.flush()
    logs.create_log_group(logGroupName="group")
    cloudwatch.logs.add(stream, [LogEvent(now, "kept")])
    events = logs.filter_log_events(logGroupName="group")["events"]
    assert [event["message"] for event in events] == ["kept"]


def test_a_writer_without_events_holds_no_other_stream_up(
    cloud: Cloud, cloudwatch: CloudWatch
) -> None:
    logs: Any = cloud.clients.client("logs", REGION)
    logs.create_log_group(logGroupName="group")
    now = int(datetime.now(UTC).timestamp() * 1000)
    writer = cloud.principals.admin
    cloudwatch.logs.add(LogStream(REGION, "group", "silent", writer), [])
    cloudwatch.logs.add(LogStream(REGION, "group", "other", writer), [LogEvent(now, "kept")])
    events = logs.filter_log_events(logGroupName="group")["events"]
    assert [event["message"] for event in events] == ["kept"]
