"""Log events do not stay in memory, and are read as if they did."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from moto.logs.models import LogStream as MotoStream
from moto.logs.models import logs_backends

from localcloud.cloud import Cloud, new_cloud
from localcloud.cloudwatch import cloudwatch_of
from localcloud.cloudwatch.logs import LogEvent, LogStream
from localcloud.settings import ACCOUNT_ID, Settings

REGION = "us-east-1"
STREAM = LogStream(REGION, "group", "stream")
MESSAGES = [f"message {number} of \N{GREEK SMALL LETTER ALPHA}" for number in range(2_500)]


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    cloud = new_cloud(Settings(tmp_path))
    cloudwatch_of(cloud)
    cloud.clients.client("logs", REGION).create_log_group(logGroupName="group")
    yield cloud
    cloud.close()


def write(cloud: Cloud) -> None:
    """Write the messages, a millisecond apart, in batches as those of every second."""
    writer = cloudwatch_of(cloud).logs
    now = int(datetime.now(UTC).timestamp() * 1000)
    for start in range(0, len(MESSAGES), 100):
        batch = enumerate(MESSAGES[start : start + 100], start)
        writer.add(STREAM, [LogEvent(now + number, text) for number, text in batch])
        writer.flush()


def stream() -> MotoStream:
    return logs_backends[ACCOUNT_ID][REGION].groups["group"].streams["stream"]


def test_all_events_of_a_long_stream_are_read_in_order(cloud: Cloud) -> None:
    write(cloud)
    logs: Any = cloud.clients.client("logs", REGION)
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName="group")
    events = [event for page in pages for event in page["events"]]
    assert [event["message"] for event in events] == MESSAGES
    assert len({event["eventId"] for event in events}) == len(MESSAGES)
    names = {"logGroupName": "group", "logStreamName": "stream"}
    latest = logs.get_log_events(**names, limit=3)["events"]
    assert [event["message"] for event in latest] == MESSAGES[-3:]
    [described] = logs.describe_log_streams(logGroupName="group")["logStreams"]
    assert described["firstEventTimestamp"] + len(MESSAGES) - 1 == described["lastEventTimestamp"]


def test_only_the_latest_events_of_a_stream_are_in_memory(cloud: Cloud) -> None:
    write(cloud)
    events: Any = stream().events
    assert len(events) == len(MESSAGES)
    assert len(events._latest) <= 500
    assert (cloud.settings.state_dir / "logs.bin").stat().st_size > 0


def test_a_cloud_that_was_closed_leaves_motos_streams_as_they_are(cloud: Cloud) -> None:
    cloud.close()
    backend = logs_backends[ACCOUNT_ID][REGION]
    backend.create_log_stream("group", "another")
    assert isinstance(backend.groups["group"].streams["another"].events, list)
