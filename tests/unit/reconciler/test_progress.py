"""A pass whose time is up: the runbook's next call of it goes on where this one stopped."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, repeat
from math import inf
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from common.run_state import FAILED
from common.runs import Item
from common.state_table import StateTable
from reconciler import app, input_bucket
from reconciler.app import NotReconciled
from tests.unit.helpers import all_items, raising
from tests.unit.inputs import HERE, Reconcile, arrive, start_run, upload

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FIRST = {"pass": "first", "runbook": "execution-1"}
LAST = {"pass": "last", "runbook": "execution-1"}
PagesInTime = Callable[[float], None]


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.state_reader.PAGE", 2)


@pytest.fixture
def pages_in_time(monkeypatch: pytest.MonkeyPatch) -> PagesInTime:
    """Let the time of the next call be up after so many pages, of all steps together."""

    def set_clock(pages: float) -> None:
        readings = repeat(-inf) if pages == inf else chain(repeat(-inf, int(pages)), repeat(inf))
        clock = SimpleNamespace(monotonic=lambda: next(readings))
        monkeypatch.setattr("reconciler.reconciliation.time", clock)

    return set_clock


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs that passes have looked at, one by one."""
    run_ids: list[str] = []
    read = StateTable.attempts

    def attempts(table: StateTable, run_id: str) -> list[Item]:
        run_ids.append(run_id)
        return read(table, run_id)

    monkeypatch.setattr(StateTable, "attempts", attempts)
    return run_ids


def at_work(state: StateTable, executions: dict[str, str], count: int) -> list[str]:
    """Runs that this Region is working on, which a pass only looks at."""
    run_ids = [start_run(state, (f"input/{number}.csv", "v"), HERE) for number in range(count)]
    executions.update(dict.fromkeys(run_ids, "RUNNING"))
    return run_ids


def test_a_pass_stops_when_its_time_is_up_and_says_so(
    reconcile: Reconcile, s3: S3Client, state: StateTable, pages_in_time: PagesInTime
) -> None:
    start_run(state, upload(s3))
    pages_in_time(0)
    assert reconcile()["complete"] is False
    with pytest.raises(NotReconciled):
        reconcile("last")


def test_the_next_call_of_a_pass_looks_at_no_run_again(
    reconcile: Reconcile,
    state: StateTable,
    executions: dict[str, str],
    pages_in_time: PagesInTime,
    looks: list[str],
) -> None:
    run_ids = at_work(state, executions, 6)
    pages_in_time(2)
    with pytest.raises(NotReconciled, match="complete: False"):
        reconcile(LAST)
    assert len(looks) == 4
    pages_in_time(inf)
    summary = reconcile(LAST)
    assert sorted(looks) == sorted(run_ids)
    assert (summary["complete"], summary["running"]) == (True, 6)  # of both calls


def test_each_kind_of_work_goes_on_in_turn(
    reconcile: Reconcile, s3: S3Client, state: StateTable, pages_in_time: PagesInTime
) -> None:
    """However often the time is up, the calls together hand over every file once."""
    for number in range(3):
        start_run(state, upload(s3, f"started-{number}.csv"))
        start_run(state, upload(s3, f"failed-{number}.csv"), status=FAILED)
        arrive(state, upload(s3, f"arrived-{number}.csv"))
    calls = 0
    is_complete = False
    while not is_complete:
        pages_in_time(1)
        summary = reconcile(FIRST, grace_seconds="120")
        is_complete, calls = summary["complete"], calls + 1
        assert calls < 20
    assert calls > 4
    assert summary["requeued"] == 9


@pytest.mark.parametrize(
    "event", [LAST, {**FIRST, "runbook": "execution-2"}, {"pass": "first"}], ids=str
)
def test_another_pass_begins_at_the_beginning(
    reconcile: Reconcile,
    state: StateTable,
    executions: dict[str, str],
    pages_in_time: PagesInTime,
    looks: list[str],
    event: dict[str, str],
) -> None:
    """Objects may have replicated meanwhile, or the other Region may have been active again."""
    run_ids = at_work(state, executions, 4)
    pages_in_time(1)
    reconcile(FIRST)
    looks.clear()
    pages_in_time(inf)
    assert reconcile(event)["running"] == 4
    assert sorted(looks) == sorted(run_ids)


def test_a_pass_that_came_to_its_end_with_an_error_begins_again(
    reconcile: Reconcile,
    s3: S3Client,
    state: StateTable,
    pages_in_time: PagesInTime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run_ids = [start_run(state, upload(s3, f"{number}.csv")) for number in range(3)]
    with monkeypatch.context() as patch:
        refuse = raising("SlowDown", 503)
        patch.setattr(input_bucket.InputBucket, "copy_onto_itself", lambda *_: refuse())
        pages_in_time(1)
        with pytest.raises(NotReconciled, match="2 errors; complete: False"):
            reconcile(LAST)
    pages_in_time(inf)
    with pytest.raises(NotReconciled, match="2 errors; complete: True"):
        reconcile(LAST)
    reconcile(LAST, grace_seconds="120")
    for run_id in run_ids:
        assert any("copy_version_id" in item for item in state.attempts(run_id))


def test_metrics_count_each_file_once_however_many_calls_a_pass_takes(
    reconcile: Reconcile,
    s3: S3Client,
    state: StateTable,
    pages_in_time: PagesInTime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counts: list[tuple[str, int]] = []
    monkeypatch.setattr(app, "count", lambda name, number=1: counts.append((name, number)))
    for number in range(3):
        start_run(state, upload(s3, f"{number}.csv"))
    for pages in (1, inf):
        pages_in_time(pages)
        reconcile(FIRST, grace_seconds="120")
    assert counts == [("FilesReconciled", 2), ("FilesReconciled", 1)]


def test_the_note_is_this_regions_expires_and_is_forgotten_at_the_end(
    reconcile: Reconcile, s3: S3Client, state: StateTable, pages_in_time: PagesInTime
) -> None:
    start_run(state, upload(s3))
    pages_in_time(0)
    reconcile(FIRST)
    (note,) = [item for item in all_items(state.dynamodb) if "run_id" not in item]
    assert note["owner"] == f"{HERE}/notes"
    assert note["expires_at"]
    pages_in_time(inf)
    reconcile(FIRST)
    assert note not in all_items(state.dynamodb)


def test_a_pass_that_nobody_will_go_on_with_notes_nothing(
    reconcile: Reconcile, s3: S3Client, state: StateTable, pages_in_time: PagesInTime
) -> None:
    start_run(state, upload(s3))
    before: list[dict[str, Any]] = all_items(state.dynamodb)
    pages_in_time(0)
    reconcile("first")
    assert all_items(state.dynamodb) == before
