"""The trigger continues a run with the copy that the reconciler made of its input."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import pytest

from common import keys
from common.attempts import copy_metadata
from tests.unit.trigger.helpers import KEY, RUN_ID, Trigger, notification, read_row, write_row

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def second_attempt(metadata: dict[str, str]) -> dict[str, Any]:
    """The event of a copy of version v1 that is the second attempt."""
    metadata |= copy_metadata(RUN_ID, "v1", 2)
    return notification(version_id="v2")


def test_a_requeued_copy_continues_the_run_of_its_original(
    trigger: Trigger,
    start_execution: MagicMock,
    dynamodb: DynamoDBClient,
    second_attempt: dict[str, Any],
) -> None:
    write_row(dynamodb, "STARTED", attempt="2")
    before = read_row(dynamodb)
    assert trigger(second_attempt) == {"started": [RUN_ID], "skipped": []}
    assert start_execution.call_args.kwargs["name"] == f"{RUN_ID}-2"
    assert json.loads(start_execution.call_args.kwargs["input"]) == {
        "run_id": RUN_ID,
        "attempt": 2,
        "attempt_id": f"{RUN_ID}-2",
        "key": KEY,
        "version_id": "v2",
    }
    assert read_row(dynamodb) == before


@pytest.mark.parametrize(
    ("status", "region", "attempt"),
    [
        ("COMPLETED", "us-east-1", "2"),
        ("STARTED", "us-west-2", "2"),
        ("STARTED", "us-east-1", "3"),
        ("STARTED", "us-east-1", "1"),
    ],
)
def test_a_requeued_copy_that_its_row_does_not_confirm_starts_nothing(
    trigger: Trigger,
    start_execution: MagicMock,
    dynamodb: DynamoDBClient,
    second_attempt: dict[str, Any],
    status: str,
    region: str,
    attempt: str,
) -> None:
    write_row(dynamodb, status, region, attempt)
    assert trigger(second_attempt) == {"started": [], "skipped": [RUN_ID]}
    assert not start_execution.called


def test_a_requeued_copy_without_a_row_creates_none(
    trigger: Trigger, dynamodb: DynamoDBClient, second_attempt: dict[str, Any]
) -> None:
    assert trigger(second_attempt) == {"started": [], "skipped": [RUN_ID]}
    assert read_row(dynamodb) is None


def test_a_late_event_of_the_upload_leaves_a_later_attempt_alone(
    trigger: Trigger, start_execution: MagicMock, dynamodb: DynamoDBClient
) -> None:
    write_row(dynamodb, "STARTED", attempt="2")
    assert trigger(notification()) == {"started": [], "skipped": [RUN_ID]}
    assert not start_execution.called


def test_a_copy_that_a_user_makes_under_another_key_is_an_upload(
    trigger: Trigger, metadata: dict[str, str]
) -> None:
    metadata |= copy_metadata(keys.run_id("input/other.csv", "v1"), "v1", 2)
    assert trigger(notification())["started"] == [RUN_ID]
