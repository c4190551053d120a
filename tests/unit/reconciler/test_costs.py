"""What a pass costs: calls for what is unfinished and recent, none for what is old or has ended."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from common.run_state import COMPLETED
from common.runs import InputVersion, arrival_item
from common.state_table import StateTable
from reconciler import app
from tests.unit.inputs import HERE, Reconcile, arrive, start_run, upload

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

STATUSES = ("STARTED", "FAILED", "SUPERSEDED", "ARRIVED")


class OldItems(NamedTuple):
    """Many items of a status, the newest of which is so many hours old."""

    status: str
    hours: int
    number: int

    def selected_by(self, query: dict[str, Any]) -> int:
        """How many of them a query of the index would read."""
        values = {name: value["S"] for name, value in query["ExpressionAttributeValues"].items()}
        newest = (datetime.now(UTC) - timedelta(hours=self.hours)).isoformat()
        is_selected = values.get(":status") == self.status and values[":since"] <= newest
        return self.number if is_selected else 0


MILLIONS = (
    OldItems(COMPLETED, 0, 5_000_000),
    OldItems("ARRIVED", 169, 5_000_000),
    OldItems("SUPERSEDED", 169, 5_000_000),
    OldItems("FAILED", 49, 5_000_000),
)


@pytest.fixture
def calls(s3: S3Client, state: StateTable, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """The calls of a pass to S3 and DynamoDB."""
    counter: Counter[str] = Counter()
    monkeypatch.setattr(app, "S3", s3)
    monkeypatch.setattr(app, "S3_WITHOUT_RETRIES", s3)
    monkeypatch.setattr(app, "DYNAMODB", state.dynamodb)
    for client, service in ((s3, "s3"), (state.dynamodb, "dynamodb")):
        client.meta.events.register(
            f"before-call.{service}", lambda model, **_: counter.update([model.name])
        )
    return counter


def arrive_begun(state: StateTable, count: int) -> None:
    """Many inputs arrive in this Region, which the other one has begun and finished."""
    for number in range(count):
        version = (f"input/{number}.csv", "v")
        start_run(state, version, status=COMPLETED)
        arrive(state, version)


def test_five_million_old_versions_do_not_slow_a_pass(
    reconcile: Reconcile,
    s3: S3Client,
    state: StateTable,
    calls: Counter[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No bucket is listed, and no query of the index selects an item that is old or has ended."""
    arrive(state, upload(s3))
    start_run(state, upload(s3, "b.csv"))
    old_items_read: list[int] = []
    query = state.dynamodb.query

    def observe(**params: Any) -> Any:
        if "IndexName" in params:
            old_items_read.extend(old.selected_by(params) for old in MILLIONS)
        return query(**params)

    monkeypatch.setattr(state.dynamodb, "query", observe)
    calls.clear()
    assert reconcile()["requeued"] == 2
    assert len(old_items_read) == len(STATUSES) * len(MILLIONS)
    assert sum(old_items_read) == 0
    assert "ListObjectVersions" not in calls
    assert calls.total() <= 25


def test_arrivals_that_have_begun_cost_a_pass_one_call_for_a_hundred(
    reconcile: Reconcile, s3: S3Client, state: StateTable, calls: Counter[str]
) -> None:
    """The calls for N arrivals of which K wait: N/500 + N/100, and nine for each of the K."""
    arrive_begun(state, 250)
    waiting = [arrive(state, upload(s3, f"waiting-{number}.csv")) for number in range(2)]
    calls.clear()
    assert reconcile()["requeued"] == len(waiting)
    assert calls == {
        "Query": len(STATUSES) + 2 * len(waiting),  # pages; then both Regions' attempts
        "BatchGetItem": 3,
        "HeadObject": 3 * len(waiting),
        "PutItem": len(waiting),
        "CopyObject": len(waiting),
        "UpdateItem": len(waiting),
        "DeleteItem": len(waiting),
    }


def test_a_run_that_is_at_work_costs_a_pass_two_reads(
    reconcile: Reconcile, state: StateTable, calls: Counter[str], executions: dict[str, str]
) -> None:
    for number in range(3):
        run_id = start_run(state, (f"input/{number}.csv", "v"), HERE)
        executions[run_id] = "RUNNING"
    calls.clear()
    assert reconcile()["running"] == 3
    assert calls == {"Query": len(STATUSES) + 2 * 3}


def test_keys_that_dynamodb_did_not_come_to_are_looked_at_one_by_one(
    reconcile: Reconcile, state: StateTable, calls: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive_begun(state, 2)
    empty = {"Responses": {state.table: []}, "UnprocessedKeys": {state.table: {"Keys": ["…"]}}}
    monkeypatch.setattr(state.dynamodb, "batch_get_item", lambda **_: empty)
    calls.clear()
    assert reconcile()["requeued"] == 0
    assert calls["Query"] == len(STATUSES) + 2 * 2


def test_an_arrival_expires_when_no_pass_looks_for_it_any_more() -> None:
    item = arrival_item(InputVersion("input/a.csv", "v", 1), HERE, 168)
    expected = datetime.fromisoformat(item["started_at"]) + timedelta(hours=168)
    assert item["expires_at"] == pytest.approx(expected.timestamp(), abs=2)
