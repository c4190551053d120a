"""The trigger continues a run with the copy that the reconciler made of its input.

Anybody can write such metadata, or copies them along, so they count only where an item confirms
them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import pytest

from common import keys
from common.attempts import AttemptId, Marks, copy_metadata
from tests.unit.helpers import all_items
from tests.unit.trigger.helpers import (
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

TOKEN = "the token"  # noqa: S105 - not a password
MARKS = Marks(AttemptId(RUN_ID, 2), "us-east-1", TOKEN)
MARKS_OF_THERE = MARKS._replace(region=THERE)
COPY_RUN_ID = keys.run_id(KEY, "v2")


@pytest.fixture
def second_attempt(metadata: dict[str, str]) -> dict[str, Any]:
    """The event of a copy of version v1 that is marked as the second attempt."""
    metadata |= copy_metadata(MARKS, "v1")
    return notification(version_id="v2")


@pytest.mark.parametrize("known_version", [{}, {"copy_version_id": "v2"}])
def test_a_requeued_copy_continues_the_run_of_its_original(
    trigger: Trigger,
    start_execution: MagicMock,
    dynamodb: DynamoDBClient,
    second_attempt: dict[str, Any],
    known_version: dict[str, str],
) -> None:
    write_item(dynamodb, "STARTED", number=2, copy_token=TOKEN, **known_version)
    assert trigger(second_attempt) == {"started": [RUN_ID], "skipped": []}
    assert start_execution.call_args.kwargs["name"] == f"{RUN_ID}-2"
    assert json.loads(start_execution.call_args.kwargs["input"]) == {
        "run_id": RUN_ID,
        "attempt": 2,
        "attempt_id": f"{RUN_ID}-2",
        "key": KEY,
        "version_id": "v2",
    }
    (item,) = all_items(dynamodb)
    assert item["copy_version_id"] == "v2"
    assert trigger(second_attempt)["started"] == [RUN_ID]  # the event comes again


@pytest.mark.parametrize("status", ["COMPLETED", "FAILED", "SUPERSEDED"])
def test_a_copy_for_an_attempt_that_has_ended_starts_nothing(
    trigger: Trigger,
    start_execution: MagicMock,
    dynamodb: DynamoDBClient,
    second_attempt: dict[str, Any],
    status: str,
) -> None:
    write_item(dynamodb, status, number=2, copy_token=TOKEN)
    assert trigger(second_attempt) == {"started": [], "skipped": [RUN_ID]}
    assert not start_execution.called


def test_a_copy_of_the_other_region_is_its_own_and_its_replica_starts_nothing(
    trigger: Trigger,
    start_execution: MagicMock,
    dynamodb: DynamoDBClient,
    metadata: dict[str, str],
) -> None:
    metadata |= copy_metadata(MARKS_OF_THERE, "v1")
    write_item(dynamodb, "STARTED", THERE, number=2, copy_token=TOKEN)
    before = all_items(dynamodb)
    assert trigger(notification(version_id="v2")) == {"started": [], "skipped": [RUN_ID]}
    assert not start_execution.called
    assert all_items(dynamodb) == before


def test_an_attempt_of_the_same_number_here_says_nothing_of_the_other_regions_copy(
    trigger: Trigger,
    start_execution: MagicMock,
    dynamodb: DynamoDBClient,
    metadata: dict[str, str],
) -> None:
    """The other Region's item is slower than its copy: to begin the copy would mail twice."""
    metadata |= copy_metadata(MARKS_OF_THERE, "v1")
    write_item(dynamodb, "STARTED", number=2, copy_token="this Region's")  # noqa: S106 - the same
    assert trigger(notification(version_id="v2")) == {"started": [], "skipped": [COPY_RUN_ID]}
    assert not start_execution.called


@pytest.mark.parametrize(
    "attributes",
    [
        {"number": 2, "copy_token": "another"},
        {"number": 2, "copy_token": TOKEN, "copy_version_id": "v9"},
        {"number": 2},
    ],
    ids=["forged token", "copied once more", "no copy"],
)
def test_marks_that_no_attempt_confirms_are_those_of_an_upload(
    trigger: Trigger,
    dynamodb: DynamoDBClient,
    second_attempt: dict[str, Any],
    attributes: dict[str, Any],
) -> None:
    """Somebody forged them, or restored an old version by copying it, as AWS documents it."""
    write_item(dynamodb, "STARTED", **attributes)
    (before,) = all_items(dynamodb)
    assert trigger(second_attempt) == {"started": [COPY_RUN_ID], "skipped": []}
    items = {item["run_id"]: item for item in all_items(dynamodb)}
    assert items[RUN_ID] == before
    assert items[COPY_RUN_ID]["attempt"] == 1


@pytest.mark.parametrize("known", [[], [1], [3]])
def test_marks_of_an_attempt_that_is_not_visible_are_left_to_the_reconciler(
    trigger: Trigger,
    start_execution: MagicMock,
    dynamodb: DynamoDBClient,
    second_attempt: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
    known: list[int],
) -> None:
    """It may be a copy of the other Region, whose item is slower than the object."""
    for number in known:
        write_item(dynamodb, "STARTED", THERE, number, copy_token=TOKEN)
    assert trigger(second_attempt) == {"started": [], "skipped": [COPY_RUN_ID]}
    assert not start_execution.called
    assert statuses(dynamodb)[f"us-east-1/{COPY_RUN_ID} arrival"] == "ARRIVED"
    assert '"FilesNotReconciled":[1.0]' in capsys.readouterr().out


@pytest.mark.parametrize("name", list(copy_metadata(MARKS, "v1")))
def test_an_upload_that_lacks_one_of_the_marks_is_an_upload(
    trigger: Trigger, metadata: dict[str, str], second_attempt: dict[str, Any], name: str
) -> None:
    del metadata[name]
    assert trigger(second_attempt)["started"] == [COPY_RUN_ID]


def test_of_two_versions_with_the_same_marks_only_the_first_is_the_copy(
    trigger: Trigger, dynamodb: DynamoDBClient, second_attempt: dict[str, Any]
) -> None:
    write_item(dynamodb, "STARTED", number=2, copy_token=TOKEN)
    assert trigger(second_attempt)["started"] == [RUN_ID]
    restored = notification(version_id="v3")
    assert trigger(restored)["started"] == [keys.run_id(KEY, "v3")]


def test_a_late_event_of_the_upload_leaves_a_later_attempt_alone(
    trigger: Trigger, start_execution: MagicMock, dynamodb: DynamoDBClient
) -> None:
    write_item(dynamodb, "STARTED", number=2)
    assert trigger(notification()) == {"started": [], "skipped": [RUN_ID]}
    assert not start_execution.called


def test_a_copy_that_a_user_makes_under_another_key_is_an_upload(
    trigger: Trigger, metadata: dict[str, str]
) -> None:
    other_run = keys.run_id("input/other.csv", "v1")
    metadata |= copy_metadata(Marks(AttemptId(other_run, 2), "us-east-1", TOKEN), "v1")
    assert trigger(notification())["started"] == [RUN_ID]
