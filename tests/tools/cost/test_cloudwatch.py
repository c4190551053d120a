"""The latest runs of an account, by the metrics of CloudWatch: with a fake in place of AWS."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tools.cost import cloudwatch
from tools.cost.local import NothingToRead
from tools.cost.metrics import NOT_SEEN
from tools.cost.usage import total

EAST, WEST, ACCOUNT = "us-east-1", "us-west-2", "123456789012"
STARTED = datetime.now(UTC).replace(hour=10, minute=0, second=30, microsecond=0) - timedelta(days=1)
ROWS = [
    {
        "run_id": f"file-{number}",
        "attempt": 1,
        "region": EAST,
        "status": "COMPLETED",
        "started_at": f"{STARTED:%Y-%m-%d}T10:0{number}",
    }
    for number in range(4)
]


class FakeAws:
    """Answers with a requests metric of 100 a minute in us-east-1; notes what it was asked."""

    class exceptions:  # noqa: N801 - boto3's name
        class ExecutionDoesNotExist(ClientError):
            """Step Functions has forgotten the execution."""

    def __init__(self, running: str = "") -> None:
        self.running, self.forgotten = running, ""
        self.started = STARTED
        self.windows: list[tuple[datetime, datetime]] = []
        self.periods: set[int] = set()

    def client(self, _service: str, _region: str) -> Any:
        return self

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": ACCOUNT}

    def get_function_configuration(self, **_: str) -> dict[str, Any]:
        return {"MemorySize": 512, "Architectures": ["arm64"]}

    def describe_execution(self, executionArn: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        number = int(executionArn.rsplit("-", 1)[1])
        start = self.started + timedelta(minutes=10 * number)
        if executionArn.endswith(self.forgotten or "-"):
            raise self.exceptions.ExecutionDoesNotExist({}, "DescribeExecution")
        stop = {} if executionArn.endswith(self.running or "-") else {"stopDate": start}
        return {"startDate": start, **stop}

    def get_paginator(self, _: str) -> FakeAws:
        return self

    def paginate(self, **request: Any) -> list[dict[str, Any]]:
        if not request:
            return [{"Items": [{"Name": "batch-records-dev", "ApiId": "abc123"}]}]
        self.windows.append((request["StartTime"], request["EndTime"]))
        return [{"MetricDataResults": [self._result(q) for q in request["MetricDataQueries"]]}]

    def _result(self, query: dict[str, Any]) -> dict[str, Any]:
        self.periods.add(query["MetricStat"]["Period"])
        is_counted = query["MetricStat"]["Metric"]["MetricName"] == "Count"
        return {"Id": query["Id"], "Values": [60.0, 40.0] if is_counted else []}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> FakeAws:
    fake = FakeAws()
    monkeypatch.setattr("boto3.client", fake.client)
    monkeypatch.setattr(cloudwatch, "read_rows", lambda _region, _env: ROWS)
    for name, value in {"ENV": "-dev", "PRIMARY_REGION": EAST, "SECONDARY_REGION": WEST}.items():
        monkeypatch.setenv(name, value)
    return fake


def test_a_run_has_the_metrics_of_the_minutes_that_it_touches(aws: FakeAws) -> None:
    (window,), notes = cloudwatch.latest_windows(1)
    assert window.executions[0].endswith(":MainOrchestrator-dev:file-3")
    begin, end = aws.windows[0]
    assert (begin, end) == (
        STARTED.replace(minute=30, second=0),
        STARTED.replace(minute=31, second=0),
    )
    assert notes[0] == NOT_SEEN


@pytest.mark.parametrize(
    ("days", "period"), [(14, 60), (16, 300), (62, 300), (64, 3600), (500, 3600)]
)
def test_an_older_run_has_the_metrics_of_periods_that_cloudwatch_still_keeps(
    aws: FakeAws, days: int, period: int
) -> None:
    aws.started = datetime.now(UTC) - timedelta(days=days)
    cloudwatch.latest_windows(1)
    assert aws.periods == {period}
    for times in aws.windows:
        assert [time.timestamp() % period for time in times] == [0, 0]


@pytest.mark.usefixtures("aws")
def test_both_regions_are_added_up() -> None:
    (window,), _ = cloudwatch.latest_windows(1)
    requests = {line.region: n for line, n in window.usage.items() if "apigateway" in line.unit}
    assert requests == {EAST: 100.0, WEST: 100.0}
    assert total(window.usage, "apigateway:") == 0  # a unit is not a prefix


@pytest.mark.usefixtures("aws")
def test_runs_of_other_minutes_have_windows_of_their_own() -> None:
    windows, _ = cloudwatch.latest_windows(3)
    assert [len(window.executions) for window in windows] == [1, 1, 1]


def test_a_run_that_has_not_ended_is_left_out(aws: FakeAws) -> None:
    aws.running = "file-3"
    windows, _ = cloudwatch.latest_windows(2)
    assert [window.executions[0].rsplit(":", 1)[1] for window in windows] == ["file-2"]


@pytest.mark.parametrize(("seconds", "is_complete"), [(0, False), (1800, True)])
def test_a_run_that_ended_just_now_may_lack_metrics_and_that_is_said(
    aws: FakeAws, seconds: int, is_complete: bool
) -> None:
    aws.started = datetime.now(UTC) - timedelta(minutes=30, seconds=seconds)  # file-3 is later
    _, notes = cloudwatch.latest_windows(1)
    assert any("may not be complete" in note for note in notes) is not is_complete


def test_a_run_that_step_functions_has_forgotten_is_left_out(aws: FakeAws) -> None:
    aws.forgotten = "file-2"
    windows, _ = cloudwatch.latest_windows(2)
    assert [window.executions[0].rsplit(":", 1)[1] for window in windows] == ["file-3"]


def test_without_the_settings_of_the_deployment_it_says_where_to_run_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PRIMARY_REGION", raising=False)
    with pytest.raises(NothingToRead, match="deployment/"):
        cloudwatch.latest_windows(1)
