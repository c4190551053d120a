"""The trigger starts the run of an upload, in the active Region only and at most once."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import dns.resolver
import pytest

from tests.unit.helpers import all_items, raising, set_active_region
from tests.unit.trigger.conftest import ExecutionAlreadyExists
from tests.unit.trigger.helpers import (
    HERE,
    KEY,
    RUN_ID,
    THERE,
    Trigger,
    notification,
    statuses,
    write_item,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def test_the_active_region_writes_its_item_and_starts_the_run(
    trigger: Trigger, start_execution: MagicMock, dynamodb: DynamoDBClient
) -> None:
    assert trigger(notification()) == {"started": [RUN_ID], "skipped": []}
    (item,) = all_items(dynamodb)
    assert item.pop("started_at") == item.pop("updated_at") == item.pop("begun_at")
    assert item == {
        "owner": f"us-east-1/{RUN_ID}",
        "item": "attempt-0001",
        "run_id": RUN_ID,
        "attempt": 1,
        "region": "us-east-1",
        "key": KEY,
        "version_id": "v1",
        "size": 5,
        "status": "STARTED",
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
    assert all_items(dynamodb)[0]["key"] == "input/año 1+1.csv"


def test_the_standby_notes_the_arrival_and_starts_nothing(
    trigger: Trigger,
    start_execution: MagicMock,
    dynamodb: DynamoDBClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    set_active_region(monkeypatch, "us-west-2")
    for _ in range(2):  # events come at least once
        assert trigger(notification()) == {"started": [], "skipped": [RUN_ID]}
    (arrival,) = all_items(dynamodb)
    assert (arrival["owner"], arrival["item"]) == (f"us-east-1/{RUN_ID}", "arrival")
    assert (arrival["status"], arrival["key"], arrival["version_id"]) == ("ARRIVED", KEY, "v1")
    assert not start_execution.called
    assert "Skipped: this Region is standby" in caplog.text


@pytest.mark.parametrize(("number", "arrivals"), [(1, 0), (2, 1)])
def test_the_standby_notes_no_arrival_whose_first_attempt_it_can_see(
    trigger: Trigger,
    dynamodb: DynamoDBClient,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    arrivals: int,
) -> None:
    """A pass finds the run by its attempt. A later attempt may yet be withdrawn."""
    set_active_region(monkeypatch, THERE)
    write_item(dynamodb, "STARTED", THERE, number)
    assert trigger(notification())["skipped"] == [RUN_ID]
    assert sum(item["item"] == "arrival" for item in all_items(dynamodb)) == arrivals


def test_an_event_that_comes_again_after_a_failover_starts_what_had_only_arrived(
    trigger: Trigger, dynamodb: DynamoDBClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_active_region(monkeypatch, "us-west-2")
    trigger(notification())
    set_active_region(monkeypatch, "us-east-1")
    assert trigger(notification())["started"] == [RUN_ID]
    assert sorted(statuses(dynamodb).values()) == ["ARRIVED", "STARTED"]


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
    before = all_items(dynamodb)
    trigger(notification())
    first, second = start_execution.call_args_list
    assert first == second
    assert all_items(dynamodb) == before


def test_defect_6_an_execution_that_has_ended_is_not_an_error(
    trigger: Trigger, start_execution: MagicMock
) -> None:
    start_execution.side_effect = ExecutionAlreadyExists
    assert trigger(notification()) == {"started": [RUN_ID], "skipped": []}


@pytest.mark.parametrize("status", ["COMPLETED", "FAILED", "SUPERSEDED", "GIVEN_UP"])
def test_defect_6_an_old_event_leaves_a_finished_attempt_alone(
    trigger: Trigger, start_execution: MagicMock, dynamodb: DynamoDBClient, status: str
) -> None:
    write_item(dynamodb, status)
    before = all_items(dynamodb)
    assert trigger(notification()) == {"started": [], "skipped": [RUN_ID]}
    assert not start_execution.called
    assert all_items(dynamodb) == before


def test_a_run_that_the_other_region_owns_is_left_to_the_reconciler(
    trigger: Trigger, start_execution: MagicMock, dynamodb: DynamoDBClient
) -> None:
    write_item(dynamodb, "STARTED", THERE)
    before = all_items(dynamodb)
    assert trigger(notification()) == {"started": [], "skipped": [RUN_ID]}
    assert not start_execution.called
    assert all_items(dynamodb) == before


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
    """Its Region had started it and failed: item and object arrive long after the last pass.

    The resilience tests found this with seeds 74 and 78.
    """
    head["LastModified"] -= timedelta(minutes=minutes)
    write_item(dynamodb, status, region)
    trigger(notification())
    assert ('"FilesNotReconciled":[1.0]' in capsys.readouterr().out) == is_counted
    assert start_execution.called == (region == HERE)


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


def test_a_folder_is_logged_by_its_key_which_a_deployment_waits_for(
    trigger: Trigger, caplog: pytest.LogCaptureFixture
) -> None:
    trigger(notification("input/deployment-check/1/", size=0))
    assert "input/deployment-check/1/" in [getattr(entry, "key", "") for entry in caplog.records]


def test_an_empty_file_is_started_and_left_to_the_splitter_to_refuse(trigger: Trigger) -> None:
    assert len(trigger(notification(size=0))["started"]) == 1
