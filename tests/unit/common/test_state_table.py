"""The Batch State table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from common.runs import Owner, now
from common.state_table import StateTable
from tests.unit.helpers import STATE_TABLE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROW = {
    "run_id": "r",
    "key": "input/a",
    "status": "STARTED",
    "region": "us-east-1",
    "attempt": 1,
    "size": 3,
    "started_at": "2026-01-01T00:00:00.000Z",
}
OWNER, OTHER_REGION, LATER = Owner("us-east-1", 1), Owner("us-west-2", 1), Owner("us-west-2", 2)
RESULT = {"rows_out": 1, "mail_message_id": "m"}


@pytest.fixture
def state(dynamodb: DynamoDBClient) -> StateTable:
    table = StateTable(dynamodb, STATE_TABLE)
    table.create(ROW)
    return table


def read(state: StateTable) -> dict[str, Any]:
    return state.get_existing("r")


def test_times_sort_as_text_and_end_in_z() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", now())


def test_defect_6_a_second_row_of_a_run_is_refused_and_changes_nothing(state: StateTable) -> None:
    assert not state.create(ROW | {"size": 4})
    assert state.get("r") == ROW


def test_an_unknown_run_has_no_row_and_gets_none_by_a_failure(state: StateTable) -> None:
    assert not state.fail("other", "E", "why", OWNER)
    assert state.get("other") is None


def test_a_mail_is_claimed_once(state: StateTable) -> None:
    assert state.claim_mail("r", "t1", OWNER)
    assert not state.claim_mail("r", "t2", OWNER)
    assert not state.claim_failure_mail("r", "t3", OWNER)


def test_a_claim_that_is_repeated_because_its_reply_was_lost_is_the_same_claim(
    state: StateTable,
) -> None:
    """The SDK sends the same request again, which must not look like an uncertain mail."""
    assert state.claim_mail("r", "t1", OWNER)
    assert state.claim_mail("r", "t1", OWNER)


def test_the_claim_of_a_notice_may_be_repeated_too(state: StateTable) -> None:
    assert state.claim_failure_mail("r", "t1", OWNER)
    assert state.claim_failure_mail("r", "t1", OWNER)
    assert not state.claim_failure_mail("r", "t2", OWNER)


def test_completing_may_be_repeated_with_the_same_mail_only(state: StateTable) -> None:
    state.claim_mail("r", "t1", OWNER)
    assert state.complete("r", "t1", RESULT)
    assert state.complete("r", "t1", RESULT)
    assert not state.complete("r", "t1", RESULT | {"mail_message_id": "m2"})


def test_taking_over_may_be_repeated_by_the_same_write_only(
    state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter(["t1", "t1", "t2"])
    monkeypatch.setattr("common.state_table.now", lambda: next(times))
    assert [state.take_over(ROW, "us-west-2") for _ in range(3)] == [True, True, False]


def test_only_the_holder_of_a_claim_releases_it(state: StateTable) -> None:
    state.claim_mail("r", "t1", OWNER)
    assert not state.release_mail("r", "t2")
    assert state.release_mail("r", "t1")
    assert state.claim_mail("r", "t3", OWNER)


def test_only_the_holder_of_the_claim_completes(state: StateTable) -> None:
    state.claim_mail("r", "t1", OWNER)
    assert not state.complete("r", "t2", RESULT)
    assert state.complete("r", "t1", RESULT)
    assert read(state)["status"] == "COMPLETED"


def test_a_completed_row_never_becomes_failed(state: StateTable) -> None:
    state.claim_mail("r", "t1", OWNER)
    state.complete("r", "t1", RESULT)
    assert not state.fail("r", "E", "why", OWNER)
    assert read(state)["status"] == "COMPLETED"


def test_a_failed_run_that_is_redriven_may_mail_and_complete(state: StateTable) -> None:
    state.fail("r", "E", "why", OWNER)
    state.claim_failure_mail("r", "t1", OWNER)
    state.record_failure_mail("r", "t1", "notice")
    assert state.claim_mail("r", "t2", OWNER)
    assert state.complete("r", "t2", RESULT)
    row = read(state)
    assert not {"error", "reason"} & set(row)
    assert row["mail_message_id"] == "m"


def owner(state: StateTable) -> Owner:
    row = read(state)
    return Owner(row["region"], row["attempt"])


def test_a_run_that_is_taken_over_is_the_next_attempt_of_its_new_region(state: StateTable) -> None:
    state.fail("r", "E", "why", OWNER)
    state.claim_failure_mail("r", "t", OWNER)
    state.record_failure_mail("r", "t", "notice")
    assert state.take_over(read(state), "us-west-2")
    row = read(state)
    assert (row["status"], row["region"], row["attempt"]) == ("STARTED", "us-west-2", 2)
    assert not {"error", "reason", "mail_claimed_at", "mail_message_id"} & set(row)


def test_a_run_is_taken_over_once(state: StateTable) -> None:
    before = read(state)
    assert state.take_over(before, "us-west-2")
    assert not state.take_over(before, "us-west-2")
    assert owner(state) == LATER


def test_a_run_whose_mail_may_have_been_sent_is_not_taken_over(state: StateTable) -> None:
    before = read(state)
    state.claim_mail("r", "t", OWNER)
    assert not state.take_over(before, "us-west-2")


def test_a_finished_run_is_not_taken_over(state: StateTable) -> None:
    before = read(state)
    state.claim_mail("r", "t", OWNER)
    state.complete("r", "t", RESULT)
    assert not state.take_over(before, "us-west-2")


def test_defect_5_an_owner_that_lost_the_run_neither_mails_nor_fails_it(state: StateTable) -> None:
    state.take_over(read(state), "us-west-2")
    assert not state.claim_mail("r", "t", OWNER)
    assert not state.claim_failure_mail("r", "t", OWNER)
    assert not state.fail("r", "E", "why", OWNER)
    assert not state.claim_mail("r", "t", Owner("us-east-1", 2))
    assert state.claim_mail("r", "t", LATER)


def test_the_owner_replaces_a_late_write_of_the_other_region(
    state: StateTable,
) -> None:
    assert not state.claim_mail("r", "t", OTHER_REGION)
    assert state.claim_mail("r", "t", LATER)
    assert owner(state) == LATER


def test_defect_4_all_pages_of_a_status_are_read(
    state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.state_table.PAGE", 2)
    for number in range(5):
        state.create(ROW | {"run_id": f"r{number}"})
    pages = list(state.pages_with_status("STARTED"))
    assert len(pages) > 1
    assert sum(map(len, pages)) == 6
    assert not [row for page in state.pages_with_status("STARTED", "2026-02") for row in page]


def test_more_runs_are_looked_up_than_one_call_takes(state: StateTable) -> None:
    run_ids = [f"r{number}" for number in range(250)] + ["r"]
    state.create(ROW | {"run_id": "r249"})
    assert state.existing_runs(run_ids) == {"r", "r249"}
