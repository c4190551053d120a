"""The Batch State table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from batch.state import StateTable, now
from tests.unit.support import STATE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROW = {"run_id": "r", "key": "input/a", "status": "STARTED", "region": "us-east-1", "size": 3}
RESULT = {"rows_out": 1, "mail_message_id": "m"}


@pytest.fixture
def state(dynamodb: DynamoDBClient) -> StateTable:
    table = StateTable(dynamodb, STATE)
    table.create(ROW)
    return table


def status(state: StateTable) -> str:
    row = state.get("r")
    assert row is not None
    return str(row["status"])


def test_time_sorts_as_text_and_ends_in_z() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", now())


def test_defect_6_a_second_row_of_a_run_is_refused_and_changes_nothing(state: StateTable) -> None:
    assert not state.create(ROW | {"size": 4})
    assert state.get("r") == ROW


def test_an_unknown_run_has_no_row_and_gets_none(state: StateTable) -> None:
    assert not state.fail("other", "E", "why")
    assert state.get("other") is None


def test_a_mail_is_claimed_once(state: StateTable) -> None:
    assert state.claim_mail("r", "t1")
    assert not state.claim_mail("r", "t2")
    assert not state.claim_failure_mail("r", "t3")


def test_only_its_own_claim_is_released(state: StateTable) -> None:
    state.claim_mail("r", "t1")
    assert not state.release_mail("r", "t2")
    assert state.release_mail("r", "t1")
    assert state.claim_mail("r", "t3")


def test_only_the_holder_of_the_claim_completes(state: StateTable) -> None:
    state.claim_mail("r", "t1")
    assert not state.complete("r", "t2", RESULT)
    assert state.complete("r", "t1", RESULT)
    assert status(state) == "COMPLETED"


def test_a_completed_row_never_becomes_failed(state: StateTable) -> None:
    state.claim_mail("r", "t1")
    state.complete("r", "t1", RESULT)
    assert not state.fail("r", "E", "why")
    assert status(state) == "COMPLETED"


def test_a_failed_run_that_is_redriven_may_mail_and_complete(state: StateTable) -> None:
    state.fail("r", "E", "why")
    state.claim_failure_mail("r", "t1")
    state.note_failure_mail("r", "t1", "notice")
    assert state.claim_mail("r", "t2")
    assert state.complete("r", "t2", RESULT)
    row = state.get("r")
    assert row is not None
    assert not {"error", "reason"} & set(row)
    assert row["mail_message_id"] == "m"
