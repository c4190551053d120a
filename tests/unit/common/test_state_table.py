"""The Batch State table: items with one writer."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pytest

from common.attempts import AttemptId
from common.runs import InputVersion, arrival_item, attempt_item, now, run_of_items
from common.state_table import StateTable
from tests.unit.helpers import STATE_TABLE, all_items

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

HERE, THERE = "us-east-1", "us-west-2"
VERSION = InputVersion("input/a", "v1", 3)
FIRST, SECOND = AttemptId("r", 1), AttemptId("r", 2)
STARTED_ITEM = attempt_item(FIRST, HERE, VERSION, started_at="2026-01-01T00:00:00.000Z")
RESULT = {"rows_out": 1, "mail_message_id": "m"}


@pytest.fixture
def state(dynamodb: DynamoDBClient) -> StateTable:
    table = StateTable(dynamodb, STATE_TABLE, HERE, THERE)
    table.create(STARTED_ITEM)
    return table


@pytest.fixture
def peer(dynamodb: DynamoDBClient) -> StateTable:
    """The table as the other Region writes it."""
    return StateTable(dynamodb, STATE_TABLE, THERE, HERE)


def read(state: StateTable, attempt: AttemptId = FIRST) -> dict[str, Any]:
    return state.own_existing(attempt)


def test_times_sort_as_text_and_end_in_z() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", now())


def test_defect_6_a_second_item_of_an_attempt_is_refused_and_changes_nothing(
    state: StateTable,
) -> None:
    assert not state.create(STARTED_ITEM | {"size": 4})
    assert read(state) == STARTED_ITEM


def test_an_attempt_that_is_begun_twice_by_one_write_is_the_same_attempt(
    state: StateTable,
) -> None:
    """The SDK repeats a write whose response was lost."""
    item = attempt_item(SECOND, HERE, VERSION)
    assert state.create(item | {"copy_token": "t1"})
    assert state.create(item | {"copy_token": "t1"})
    assert not state.create(item | {"copy_token": "t2"})


def test_an_unknown_attempt_has_no_item_and_gets_none_by_a_failure(state: StateTable) -> None:
    assert not state.fail(SECOND, "E", "why")
    assert not state.supersede(SECOND)
    assert state.own(SECOND) is None
    with pytest.raises(LookupError, match="no item of r-2 in the state table for us-east-1"):
        state.own_existing(SECOND)


def test_the_attempts_of_both_regions_are_read_and_no_arrivals(
    state: StateTable, peer: StateTable
) -> None:
    peer.create(attempt_item(FIRST, THERE, VERSION))
    peer.create(attempt_item(SECOND, THERE, VERSION))
    peer.create(arrival_item(VERSION, THERE, 1) | {"run_id": "r", "owner": f"{THERE}/r"})
    attempts = [(item["region"], item["attempt"]) for item in state.attempts("r")]
    assert attempts == [(HERE, 1), (THERE, 1), (THERE, 2)]
    assert [item["region"] for item in state.arrivals("r")] == [THERE]
    assert state.attempts("another") == []


def test_the_invariant_every_write_changes_items_of_the_own_region_only(
    state: StateTable, peer: StateTable, dynamodb: DynamoDBClient
) -> None:
    """Each method that writes, called for an attempt that both Regions have."""
    for number in (1, 2, 3):
        peer.create(attempt_item(AttemptId("r", number), THERE, VERSION) | {"copy_token": "t"})
    peer.create(arrival_item(VERSION, THERE, 1) | {"owner": f"{THERE}/r"})
    before = [item for item in all_items(dynamodb) if item["region"] == THERE]
    state.create(attempt_item(SECOND, HERE, VERSION) | {"copy_token": "t"})
    state.record_copy(SECOND, "t", "v2")
    state.forget_beginning(SECOND, "t")
    state.claim_failure_mail(FIRST, "c1")
    state.release_mail(FIRST, "c1")
    state.fail(FIRST, "E", "why")
    state.claim_failure_mail(FIRST, "c2")
    state.record_failure_mail(FIRST, "c2", "m1")
    state.claim_mail(FIRST, "c3")
    state.complete(FIRST, "c3", RESULT)
    state.supersede(SECOND)
    state.withdraw(AttemptId("r", 3), "t")
    state.delete_arrival("r")
    assert [item for item in all_items(dynamodb) if item["region"] == THERE] == before
    assert (read(state)["status"], read(state, SECOND)["status"]) == ("COMPLETED", "SUPERSEDED")


def test_a_mail_is_claimed_once(state: StateTable) -> None:
    assert state.claim_mail(FIRST, "c1")
    assert not state.claim_mail(FIRST, "c2")
    assert not state.claim_failure_mail(FIRST, "c3")


def test_two_claims_of_one_millisecond_are_two(
    state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.state_table.now", lambda: "the same time")
    assert state.claim_mail(FIRST, "c1")
    assert not state.claim_mail(FIRST, "c2")


def test_a_claim_that_is_repeated_because_its_reply_was_lost_is_the_same_claim(
    state: StateTable,
) -> None:
    """The SDK sends the same request again, which must not look like an uncertain mail."""
    assert state.claim_mail(FIRST, "c1")
    assert state.claim_mail(FIRST, "c1")


def test_the_claim_of_a_notice_may_be_repeated_too(state: StateTable) -> None:
    assert state.claim_failure_mail(FIRST, "c1")
    assert state.claim_failure_mail(FIRST, "c1")
    assert not state.claim_failure_mail(FIRST, "c2")


def test_completing_may_be_repeated_with_the_same_mail_only(state: StateTable) -> None:
    state.claim_mail(FIRST, "c1")
    assert state.complete(FIRST, "c1", RESULT)
    assert state.complete(FIRST, "c1", RESULT)
    assert not state.complete(FIRST, "c1", RESULT | {"mail_message_id": "m2"})


def test_only_the_holder_of_a_claim_releases_it(state: StateTable) -> None:
    state.claim_mail(FIRST, "c1")
    assert not state.release_mail(FIRST, "c2")
    assert state.release_mail(FIRST, "c1")
    assert state.claim_mail(FIRST, "c3")


def test_only_the_holder_of_the_claim_completes(state: StateTable) -> None:
    state.claim_mail(FIRST, "c1")
    assert not state.complete(FIRST, "c2", RESULT)
    assert state.complete(FIRST, "c1", RESULT)
    assert read(state)["status"] == "COMPLETED"


def test_a_completed_attempt_never_becomes_failed_or_superseded(state: StateTable) -> None:
    state.claim_mail(FIRST, "c1")
    state.complete(FIRST, "c1", RESULT)
    assert not state.fail(FIRST, "E", "why")
    assert not state.supersede(FIRST)
    assert read(state)["status"] == "COMPLETED"


def test_an_attempt_that_may_have_mailed_is_not_superseded(state: StateTable) -> None:
    state.claim_mail(FIRST, "c1")
    assert not state.supersede(FIRST)
    state.release_mail(FIRST, "c1")
    assert state.supersede(FIRST)
    assert state.supersede(FIRST)  # the SDK repeats a write whose response was lost
    assert run_of_items(state.attempts("r")).status == "SUPERSEDED"


def test_defect_5_an_attempt_that_gave_way_neither_mails_nor_fails(state: StateTable) -> None:
    state.supersede(FIRST)
    assert not state.claim_mail(FIRST, "c")
    assert not state.claim_failure_mail(FIRST, "c")
    assert not state.fail(FIRST, "E", "why")


def test_a_failed_attempt_that_is_redriven_may_mail_and_complete(state: StateTable) -> None:
    state.fail(FIRST, "E", "why")
    state.claim_failure_mail(FIRST, "c1")
    state.record_failure_mail(FIRST, "c1", "notice")
    assert state.claim_mail(FIRST, "c2")
    assert state.complete(FIRST, "c2", RESULT)
    item = read(state)
    assert not {"error", "reason"} & set(item)
    assert item["mail_message_id"] == "m"


def test_the_version_of_a_copy_is_recorded_once(state: StateTable) -> None:
    state.create(attempt_item(SECOND, HERE, VERSION) | {"copy_token": "t"})
    assert not state.record_copy(SECOND, "another token", "v2")
    assert state.record_copy(SECOND, "t", "v2")
    assert state.record_copy(SECOND, "t", "v2")
    assert not state.record_copy(SECOND, "t", "v3")
    assert not state.withdraw(SECOND, "t")  # its copy exists


def test_an_attempt_without_a_copy_is_withdrawn_by_its_maker_only(state: StateTable) -> None:
    state.create(attempt_item(SECOND, HERE, VERSION) | {"copy_token": "t"})
    assert not state.withdraw(SECOND, "another token")
    assert state.withdraw(SECOND, "t")
    assert state.own(SECOND) is None


def test_an_arrival_expires_after_its_hours(state: StateTable) -> None:
    item = arrival_item(VERSION, HERE, 2)
    assert 7100 < item["expires_at"] - time.time() < 7300
    assert state.create(item)
    assert not state.create(item)
    state.delete_arrival(VERSION.run_id)
    assert state.arrivals(VERSION.run_id) == []


def test_defect_4_all_pages_of_a_status_are_read(
    state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.state_reader.PAGE", 2)
    for number in range(5):
        state.create(STARTED_ITEM | {"owner": f"{HERE}/r{number}"})
    pages = list(state.pages_with_status("STARTED"))
    assert len(pages) > 1
    assert sum(len(page.items) for page in pages) == 6
    rest = state.pages_with_status("STARTED", start_key=pages[0].next_key)
    assert [page.items for page in rest] == [page.items for page in pages[1:]]
    for times in (("2026-02",), ("", "2025-12")):
        assert not [item for page in state.pages_with_status("STARTED", *times) for item in page[0]]


def test_attempts_are_read_a_hundred_in_a_call(
    state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[int] = []
    read = state.dynamodb.batch_get_item

    def batch_get_item(**params: Any) -> Any:
        batches.append(len(params["RequestItems"][STATE_TABLE]["Keys"]))
        return read(**params)

    monkeypatch.setattr(state.dynamodb, "batch_get_item", batch_get_item)
    others = [(THERE, AttemptId(f"absent-{number}", 1)) for number in range(120)]
    items = state.existing([(HERE, AttemptId("r", 1)), *others])
    assert [item["owner"] for item in items] == [f"{HERE}/r"]
    assert batches == [100, 21]


def test_a_note_is_replaced_and_deleted(state: StateTable) -> None:
    assert state.note("n") is None
    for value in (1, 2):
        state.write_note("n", {"value": value})
    note = state.note("n")
    assert note is not None
    assert note["value"] == 2
    state.delete_note("n")
    assert state.note("n") is None
