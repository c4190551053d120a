"""Runs, put together from their items: which of them a row shows, and whose execution that is."""

from __future__ import annotations

from typing import Any

from tools.harness.runs import attempt_name, rows_of

EAST, WEST = "us-east-1", "us-west-2"


def item(number: int, region: str, status: str, **more: Any) -> dict[str, Any]:
    return {
        "owner": f"{region}/run",
        "item": f"attempt-{number:04d}",
        "run_id": "run",
        "attempt": number,
        "region": region,
        "status": status,
        "started_at": "2026-01-01T00:00:00.000Z",
        "begun_at": f"2026-01-01T00:0{number}:00.000Z",
        **more,
    }


def test_a_run_has_one_row_that_shows_the_attempt_which_completed_it() -> None:
    is_copy = {"copy_token": "t"}
    first, second = item(1, EAST, "FAILED"), item(2, WEST, "COMPLETED", **is_copy)
    third = item(3, EAST, "STARTED", **is_copy)
    (row,) = rows_of([third, second, first])
    assert (row["status"], row["region"], row["attempt"]) == ("COMPLETED", WEST, 2)
    assert row["attempts"] == [first, second, third]
    assert row["requeued_at"] == "2026-01-01T00:02:00.000Z"


def test_the_latest_attempt_stands_for_a_run_that_is_not_completed() -> None:
    (row,) = rows_of([item(1, EAST, "FAILED"), item(2, WEST, "STARTED")])
    assert (row["status"], row["region"]) == ("STARTED", WEST)


def test_an_attempt_that_may_have_mailed_stands_for_a_run_that_is_uncertain() -> None:
    (row,) = rows_of([item(1, EAST, "STARTED", mail_claim="c"), item(2, WEST, "STARTED")])
    assert (row["status"], row["region"]) == ("UNCERTAIN", EAST)
    assert "requeued_at" not in row


def test_an_arrival_is_no_run() -> None:
    assert rows_of([{"owner": f"{WEST}/run", "item": "arrival", "run_id": "run"}]) == []


def test_an_execution_is_named_by_the_run_and_from_the_second_on_by_the_number() -> None:
    names = [attempt_name(item(number, EAST, "STARTED")) for number in (1, 2)]
    assert names == ["run", "run-2"]
