"""The watches of the state table see the writes that they are for, and no others."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest

from tests.e2e.foreign_writes import ForeignWrites
from tests.resilience.table_watch import TableWatch

EAST, WEST = "us-east-1", "us-west-2"
RUN = "s1-abc-file-1-0123"
Items = list[dict[str, Any]]


def call(operation: str, owner: str, **changes: Any) -> Any:
    """A call to the state table by the emailer of EAST."""
    values = {
        "operation": operation,
        "action": f"dynamodb:{operation}",
        "region": EAST,
        "principal": "the emailer",
        "role": "arn:aws:iam::1:role/emailer",
        "function": f"arn:aws:lambda:{EAST}:1:function:batch-emailer-dev",
        "params": {"TableName": "batch-state-dev", "Key": {"owner": {"S": owner}}},
    }
    return SimpleNamespace(**values | changes)


@pytest.mark.parametrize(
    ("changes", "is_foreign"),
    [
        ({}, False),
        ({"region": WEST}, True),  # the function of EAST writes in WEST
        ({"function": None, "region": WEST}, True),  # so does a state machine
        ({"function": None}, False),
        ({"role": None, "region": WEST}, False),  # a person
        ({"params": {"TableName": "financial-data-dev"}, "region": WEST}, False),
    ],
)
def test_a_write_is_foreign_if_the_key_names_another_region(
    changes: dict[str, Any], is_foreign: bool
) -> None:
    watch = ForeignWrites()
    watch._check(call("UpdateItem", f"{EAST}/{RUN}", **changes))
    assert bool(watch.take()) == is_foreign
    assert watch.take() == []


def test_writes_of_many_items_at_once_are_foreign() -> None:
    watch = ForeignWrites()
    watch._check(call("BatchWriteItem", f"{EAST}/{RUN}"))
    assert len(watch.take()) == 1


def item(number: int, region: str, **more: Any) -> dict[str, Any]:
    key = {"owner": f"{region}/{RUN}", "item": f"attempt-{number:04d}"}
    status = {"attempt": number, "region": region, "status": "STARTED"}
    return {**key, **status, "run_id": RUN, **more}


CLAIM = {"mail_claim": "c", "mail_claimed_at": "2026-01-01T00:00:00.000Z"}
COMPLETED = {"status": "COMPLETED", **CLAIM, "mail_message_id": "m"}


def watch_of(items: dict[str, Items]) -> TableWatch:
    """A watch of copies of the table that do not change."""
    environment: Any = SimpleNamespace(
        items=lambda region, _run_id: items[region],
        other=lambda region: WEST if region == EAST else EAST,
    )
    watch = TableWatch(environment, "s1-abc")
    watch.is_excused = lambda: True
    return watch


def look(watch: TableWatch, caller: str) -> None:
    owner = {":owner": {"S": f"{EAST}/{RUN}"}}
    params = {"TableName": "batch-state-dev", "ExpressionAttributeValues": owner}
    watch.at_call("before", caller, call("Query", "", params=params))


def claim(watch: TableWatch, *, is_result: bool = False) -> set[str]:
    """EAST claims the mail of the run; returns the runs whose claims were unseen."""
    look(watch, "emailer")
    update = call("UpdateItem", f"{EAST}/{RUN}")
    update.params["ExpressionAttributeValues"] = {":mail_claim": {"S": "d"}}
    if is_result:
        names = {"#mail_message_id": "mail_message_id"}
        update.params["ExpressionAttributeNames"] = names
    watch.at_call("before", "emailer", update)
    return watch.unseen_claims


def test_a_claim_of_the_other_region_that_has_not_come_over_is_unseen() -> None:
    assert claim(watch_of({EAST: [], WEST: [item(2, WEST, **CLAIM)]})) == {RUN}


def test_a_claim_that_has_come_over_is_seen_and_excuses_nothing() -> None:
    items = [item(2, WEST, **CLAIM)]
    assert claim(watch_of({EAST: items, WEST: items})) == set()
    assert claim(watch_of({EAST: [], WEST: [item(2, WEST)]})) == set()


def test_without_a_fault_an_unseen_claim_is_not_excused() -> None:
    watch = watch_of({EAST: [], WEST: [item(2, WEST, **CLAIM)]})
    watch.is_excused = lambda: False
    assert claim(watch) == set()


def test_a_claim_of_a_region_that_has_long_lost_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watch = watch_of({EAST: [], WEST: []})
    watch.activate(WEST)
    claim(watch)
    assert watch.mistimed_claims == []
    in_five_minutes = time.monotonic() + 300.0
    monkeypatch.setattr(time, "monotonic", lambda: in_five_minutes)
    watch.activate(WEST)
    claim(watch)
    assert len(watch.mistimed_claims) == 1
    watch.dns_is_sound = lambda: False
    claim(watch)
    assert len(watch.mistimed_claims) == 1


def test_a_result_that_is_mailed_right_after_the_flip_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watch = watch_of({EAST: [], WEST: []})
    watch.activate(EAST)
    claim(watch)  # for the notice of a failure, which may come at once
    assert watch.mistimed_claims == []
    claim(watch, is_result=True)
    assert len(watch.mistimed_claims) == 1
    in_five_minutes = time.monotonic() + 300.0
    monkeypatch.setattr(time, "monotonic", lambda: in_five_minutes)
    claim(watch, is_result=True)
    assert len(watch.mistimed_claims) == 1


@pytest.mark.parametrize(
    ("attempt", "number_of_sentences"), [(item(1, WEST, **COMPLETED), 1), (item(1, WEST), 0)]
)
def test_an_attempt_at_a_run_that_is_known_to_have_ended_is_noticed(
    attempt: dict[str, Any], number_of_sentences: int
) -> None:
    watch = watch_of({EAST: [attempt], WEST: [attempt]})
    look(watch, "reconciler")
    put = call("PutItem", "")
    begun = {"owner": {"S": f"{EAST}/{RUN}"}, "attempt": {"N": "2"}}
    put.params = {"TableName": "batch-state-dev", "Item": begun}
    watch.at_call("after", "reconciler", put)
    assert len(watch.begun_again) == number_of_sentences
