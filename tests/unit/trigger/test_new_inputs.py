"""The trigger starts the run of an upload, in the active Region only and at most once."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import dns.resolver
import pytest

from tests.unit.helpers import raising, set_active_region
from tests.unit.trigger.conftest import ExecutionAlreadyExists
from tests.unit.trigger.helpers import KEY, RUN_ID, Trigger, notification, read_row, write_row

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def test_the_active_region_writes_the_row_and_starts_the_run(
    trigger: Trigger, start_execution: MagicMock, dynamodb: DynamoDBClient
) -> None:
    assert trigger(notification()) == {"started": [RUN_ID], "skipped": []}
    row = read_row(dynamodb)
    assert row.pop("started_at") == row.pop("updated_at")
    assert row == {
        "run_id": {"S": RUN_ID},
        "key": {"S": KEY},
        "version_id": {"S": "v1"},
        "size": {"N": "5"},
        "status": {"S": "STARTED"},
        "region": {"S": "us-east-1"},
        "attempt": {"N": "1"},
    }
    (call,) = start_execution.call_args_list
    assert call.kwargs["stateMachineArn"] == "arn:orchestrator"
    assert call.kwargs["name"] == RUN_ID
    assert json.loads(call.kwargs["input"]) == {
        "run_id": RUN_ID,
        "attempt": 1,
        "attempt_id": RUN_ID,
        "key": KEY,
        "version_id": "v1",
    }


def test_defect_6_keys_are_decoded(trigger: Trigger, dynamodb: DynamoDBClient) -> None:
    trigger(notification())
    assert read_row(dynamodb)["key"] == {"S": "input/año 1+1.csv"}


def test_the_standby_skips_without_a_row_or_a_run(
    trigger: Trigger,
    start_execution: MagicMock,
    dynamodb: DynamoDBClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    set_active_region(monkeypatch, "us-west-2")
    assert trigger(notification()) == {"started": [], "skipped": [RUN_ID]}
    assert read_row(dynamodb) is None
    assert not start_execution.called
    assert "Skipped: this Region is standby" in caplog.text


def test_an_unknown_active_region_is_an_error_and_does_not_mean_standby(
    trigger: Trigger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dns.resolver, "resolve", MagicMock(side_effect=dns.resolver.NXDOMAIN))
    with pytest.raises(dns.resolver.NXDOMAIN):
        trigger(notification())


def test_defect_6_the_same_event_again_gives_the_same_execution(
    trigger: Trigger, start_execution: MagicMock, dynamodb: DynamoDBClient
) -> None:
    trigger(notification())
    before = read_row(dynamodb)
    trigger(notification())
    first, second = start_execution.call_args_list
    assert first == second
    assert read_row(dynamodb) == before


def test_defect_6_an_execution_that_has_ended_is_not_an_error(
    trigger: Trigger, start_execution: MagicMock
) -> None:
    start_execution.side_effect = ExecutionAlreadyExists
    assert trigger(notification()) == {"started": [RUN_ID], "skipped": []}


@pytest.mark.parametrize("status", ["COMPLETED", "FAILED", "SUPERSEDED"])
def test_defect_6_an_old_event_leaves_a_finished_row_alone(
    trigger: Trigger, start_execution: MagicMock, dynamodb: DynamoDBClient, status: str
) -> None:
    write_row(dynamodb, status)
    assert trigger(notification()) == {"started": [], "skipped": [RUN_ID]}
    assert not start_execution.called
    assert read_row(dynamodb)["status"] == {"S": status}


def test_a_run_that_the_other_region_owns_is_left_to_the_reconciler(
    trigger: Trigger, start_execution: MagicMock, dynamodb: DynamoDBClient
) -> None:
    write_row(dynamodb, "STARTED", region="us-west-2")
    assert trigger(notification()) == {"started": [], "skipped": [RUN_ID]}
    assert not start_execution.called


@pytest.mark.parametrize(
    ("status", "region", "minutes", "is_counted"),
    [
        ("STARTED", "us-west-2", 11, True),
        ("FAILED", "us-west-2", 11, True),
        ("STARTED", "us-west-2", 9, False),
        ("COMPLETED", "us-west-2", 11, False),
        ("STARTED", "us-east-1", 11, False),
    ],
)
def test_an_input_that_arrives_too_late_for_the_runbook_raises_the_alarm(
    trigger: Trigger,
    start_execution: MagicMock,
    dynamodb: DynamoDBClient,
    head: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
    status: str,
    region: str,
    minutes: int,
    is_counted: bool,
) -> None:
    """Its Region had started it and failed: row and object arrive long after the last pass.

    The resilience tests found this with seeds 74 and 78.
    """
    head["LastModified"] -= timedelta(minutes=minutes)
    write_row(dynamodb, status, region)
    trigger(notification())
    assert ('"FilesNotReconciled":[1.0]' in capsys.readouterr().out) == is_counted
    assert start_execution.called == (region == "us-east-1")


def test_an_error_of_step_functions_is_raised_and_the_retry_starts_the_run(
    trigger: Trigger, start_execution: MagicMock
) -> None:
    start_execution.side_effect = raising("ThrottlingException")
    with pytest.raises(Exception, match="ThrottlingException"):
        trigger(notification())
    start_execution.side_effect = None
    assert trigger(notification())["started"] == [RUN_ID]


@pytest.mark.parametrize(
    "event",
    [
        notification("input/folder/", size=0),
        notification("output/r/a.csv"),
        {"Event": "s3:TestEvent"},
    ],
    ids=["folder", "output", "test event"],
)
def test_an_event_without_an_input_is_ignored(
    trigger: Trigger, start_execution: MagicMock, event: dict[str, Any]
) -> None:
    assert trigger(event) == {"started": [], "skipped": []}
    assert not start_execution.called


def test_an_empty_file_is_started_and_left_to_the_splitter_to_refuse(trigger: Trigger) -> None:
    assert len(trigger(notification(size=0))["started"]) == 1
