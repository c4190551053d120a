"""Operators are told once of each file that does not move, whichever Region it belongs to."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import pytest

from common.attempts import AttemptId, Marks, copy_metadata
from common.keys import run_id as run_id_of
from common.routing_note import VALID_SECONDS, note_routing
from common.run_state import COMPLETED, FAILED, GIVEN_UP, STARTED, SUPERSEDED
from common.state_table import StateTable
from tests.unit.helpers import (
    BUCKET,
    STATE_TABLE,
    all_items,
    replace_client,
    set_active_region,
    set_environment,
)
from tests.unit.inputs import HERE, THERE, arrive, count_versions, start_run, upload
from watcher import app

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_s3 import S3Client

Watch = Callable[[], Any]
VERSION = ("input/a.csv", "v")


def ago(hours: float) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat(timespec="milliseconds")


OLD: dict[str, Any] = {"started_at": ago(3), "updated_at": ago(2.5)}


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    """The call that sends a message to the operators."""
    method: MagicMock = replace_client(monkeypatch, app, "SNS").publish
    return method


@pytest.fixture
def watch(
    s3: S3Client,  # noqa: ARG001 - creates the bucket
    state: StateTable,  # noqa: ARG001 - creates the table
    publish: MagicMock,  # noqa: ARG001 - replaces the client
    context: LambdaContext,
    monkeypatch: pytest.MonkeyPatch,
) -> Watch:
    """The handler, with EventBridge's event."""
    set_environment(
        monkeypatch,
        STATE_TABLE=STATE_TABLE,
        BUCKET=BUCKET,
        OPERATORS_TOPIC_ARN="arn:topic",
        BUDGET_SECONDS="230",
        OVERDUE_HOURS="2",
        SWEEP_HOURS="168",
        ACTIVE_RECORD="active.batch.internal",
        PEER_REGION=THERE,
        AWS_REGION=HERE,
    )
    set_active_region(monkeypatch, HERE)
    return lambda: app.handler({"detail-type": "Scheduled Event"}, context)


@pytest.fixture
def ages(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What was published of the oldest unfinished file."""
    seconds: list[float] = []

    def measure(name: str, value: float) -> None:
        assert name == "OldestUnfinishedFileAge"
        seconds.append(value)

    monkeypatch.setattr(app, "measure_seconds", measure)
    return seconds


def files(publish: MagicMock) -> list[tuple[str, str]]:
    """Region and state of each file in the last message."""
    message = json.loads(publish.call_args.kwargs["Message"])
    return [(file["region"], file["state"]) for file in message["files"]]


# -------------------------------------------------------------------------------------------- runs


@pytest.mark.parametrize("region", [HERE, THERE])
def test_a_run_that_does_not_move_is_told_whichever_region_it_belongs_to(
    watch: Watch, state: StateTable, publish: MagicMock, region: str
) -> None:
    run_id = start_run(state, VERSION, region, **OLD)
    assert watch() == {"region": HERE, "overdue": 1, "new": 1}
    message = json.loads(publish.call_args.kwargs["Message"])
    assert message["seen_from"] == HERE
    (file,) = message["files"]
    assert file == {
        "run_id": run_id,
        "key": "input/a.csv",
        "region": region,
        "state": "STARTED",
        "started_at": OLD["started_at"],
        "since": OLD["updated_at"],
    }


def test_a_file_is_told_once_and_again_if_it_moved_in_between(
    watch: Watch, state: StateTable, publish: MagicMock
) -> None:
    run_id = start_run(state, VERSION, HERE, **OLD)
    assert [watch()["new"] for _ in range(2)] == [1, 0]
    start_run(state, VERSION, HERE, number=2, started_at=OLD["started_at"])
    assert watch()["overdue"] == 0
    start_run(state, VERSION, HERE, number=3, **OLD)
    assert watch()["new"] == 1
    assert publish.call_count == 2
    assert {item["run_id"] for item in all_items(state.dynamodb) if "attempt" in item} == {run_id}


@pytest.mark.parametrize(
    ("attempts", "expected"),
    [
        ([{}], []),  # it has just begun
        ([{**OLD, "updated_at": ago(1)}], []),  # or has just changed
        ([{**OLD, "status": FAILED}], []),  # its user was told
        ([{**OLD, "status": SUPERSEDED}], [(THERE, "SUPERSEDED")]),  # and nobody took over
        ([{**OLD, "mail_claim": "c"}], [(THERE, "UNCERTAIN")]),
        ([OLD, {**OLD, "region": HERE}], [(HERE, "STARTED")]),
        ([OLD, {**OLD, "region": HERE, "attempt": 1, "item": "attempt-0001"}], [(HERE, "STARTED")]),
        ([OLD, {"region": HERE}], []),  # this Region is at work on it
        ([OLD, {**OLD, "region": HERE, "status": COMPLETED}], []),
        ([OLD, {**OLD, "region": HERE, "status": GIVEN_UP}], []),
        ([{**OLD, "status": SUPERSEDED}, {**OLD, "region": HERE, "status": COMPLETED}], []),
    ],
)
def test_the_attempts_of_both_regions_say_whether_a_run_moves(
    watch: Watch,
    state: StateTable,
    publish: MagicMock,
    attempts: list[dict[str, Any]],
    expected: list[tuple[str, str]],
) -> None:
    for number, attributes in enumerate(attempts, start=1):
        start_run(state, VERSION, number=number, **attributes)
    assert watch()["overdue"] == len(expected)
    assert (files(publish) if expected else []) == expected


def test_runs_that_another_attempt_completed_are_not_read_one_by_one(
    watch: Watch, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Region that was left has many, until it is active again."""
    for number in range(3):
        version = (f"input/{number}.csv", "v")
        start_run(state, version, **OLD)
        start_run(state, version, HERE, 2, COMPLETED, **OLD)
    read = MagicMock(return_value=[])
    monkeypatch.setattr(StateTable, "attempts", read)
    watch()
    assert not read.called


# ---------------------------------------------------------------------------------------- arrivals


@pytest.mark.parametrize("region", [HERE, THERE])
def test_an_input_that_nobody_has_begun_is_told_and_left(
    watch: Watch, s3: S3Client, state: StateTable, publish: MagicMock, region: str
) -> None:
    run_id = arrive(state, upload(s3), region, started_at=OLD["started_at"])
    assert watch()["overdue"] == 1
    assert files(publish) == [(region, "ARRIVED")]
    assert len(state.arrivals(run_id)) == 1
    assert count_versions(s3) == 1


def test_an_input_that_a_region_which_is_down_has_not_replicated_is_missing(
    watch: Watch, state: StateTable, publish: MagicMock
) -> None:
    arrive(state, VERSION, THERE, started_at=OLD["started_at"])
    watch()
    assert files(publish) == [(THERE, "missing")]


@pytest.mark.parametrize(("number", "status"), [(1, STARTED), (1, COMPLETED), (2, COMPLETED)])
def test_arrivals_of_this_region_whose_runs_have_begun_are_forgotten(
    watch: Watch, state: StateTable, number: int, status: str
) -> None:
    run_id = start_run(state, VERSION, THERE, number, status)
    arrive(state, VERSION, HERE, started_at=OLD["started_at"])
    assert watch()["overdue"] == 0
    assert state.arrivals(run_id) == []


def test_those_of_the_other_region_are_that_regions_to_forget(
    watch: Watch, state: StateTable
) -> None:
    run_id = start_run(state, VERSION, HERE)
    arrive(state, VERSION, THERE, started_at=OLD["started_at"])
    assert watch()["overdue"] == 0
    assert len(state.arrivals(run_id)) == 1


@pytest.mark.parametrize(("has_item", "expected"), [(True, []), (False, [(HERE, "unconfirmed")])])
def test_the_replica_of_a_copy_is_no_input_of_its_own(
    watch: Watch,
    s3: S3Client,
    state: StateTable,
    publish: MagicMock,
    has_item: bool,
    expected: list[tuple[str, str]],
) -> None:
    origin = upload(s3)
    run_id = run_id_of(*origin)
    marks = copy_metadata(Marks(AttemptId(run_id, 2), THERE, "token"), origin[1])
    copy = upload(s3, Metadata=marks)
    if has_item:
        start_run(state, origin, THERE, 2, COMPLETED, copy_token="token")  # noqa: S106 - no secret
    arrive(state, copy, HERE, started_at=OLD["started_at"])
    assert watch()["overdue"] == len(expected)
    assert (files(publish) if expected else []) == expected
    assert bool(state.arrivals(run_id_of(*copy))) is not has_item


def test_an_input_that_its_user_deleted_is_nobodys(
    watch: Watch, s3: S3Client, state: StateTable
) -> None:
    version = upload(s3)
    arrive(state, version, HERE, started_at=OLD["started_at"])
    s3.delete_object(Bucket=BUCKET, Key=version[0])
    assert watch()["overdue"] == 0


# ----------------------------------------------------------------------------------------- telling


def test_a_metric_counts_the_files_and_says_zero_as_well(
    watch: Watch, state: StateTable, capsys: pytest.CaptureFixture[str]
) -> None:
    watch()
    assert '"FilesOverdue":[0.0]' in capsys.readouterr().out
    start_run(state, VERSION, **OLD)
    watch()
    assert '"FilesOverdue":[1.0]' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("begun", "expected"),
    [
        ([], 0),
        ([(1, {"status": COMPLETED})], 0),
        ([(1, {"status": FAILED})], 0),  # its user was told
        ([(1, {})], 3600),  # not overdue yet
        ([(0.5, {}), (1, {})], 3600),
        ([(1, {}), (4, {"status": SUPERSEDED})], 4 * 3600),
        ([(5, {}), (1, {"status": COMPLETED, "region": HERE, "attempt": 2})], 5 * 3600),
    ],
)
def test_a_metric_has_the_age_of_the_oldest_file_that_is_unfinished(
    watch: Watch,
    state: StateTable,
    ages: list[float],
    begun: list[tuple[float, dict[str, Any]]],
    expected: int,
) -> None:
    """`begun`: hours since each began, and what else its item says. Each has just moved."""
    for number, (hours, changes) in enumerate(begun):
        attributes = {"started_at": ago(hours), "updated_at": ago(0), **changes}
        start_run(state, (f"input/{number}.csv", "v"), **attributes)
    watch()
    assert ages == [pytest.approx(expected, abs=60)]


@pytest.mark.parametrize(("has_begun", "expected"), [(False, 3600), (True, 0)])
def test_an_input_that_nobody_has_begun_is_unfinished_and_left(
    watch: Watch,
    s3: S3Client,
    state: StateTable,
    ages: list[float],
    has_begun: bool,
    expected: int,
) -> None:
    version = upload(s3)
    run_id = arrive(state, version, HERE, started_at=ago(1))
    if has_begun:
        start_run(state, version, THERE, status=COMPLETED)
    watch()
    assert ages == [pytest.approx(expected, abs=60)]
    assert len(state.arrivals(run_id)) == 1


def test_no_age_is_told_if_there_was_no_time_to_find_it(
    watch: Watch, state: StateTable, ages: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    start_run(state, VERSION, **OLD)
    monkeypatch.setenv("BUDGET_SECONDS", "0")
    watch()
    assert ages == []


def test_a_message_of_very_many_files_stays_small(
    watch: Watch, state: StateTable, publish: MagicMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "MAX_NAMES", 2)
    monkeypatch.setattr("watcher.overdue_files.MOST", 3)
    for number in range(4):
        start_run(state, (f"input/{number}.csv", "v"), **OLD)
    assert watch()["overdue"] == 3
    message = json.loads(publish.call_args.kwargs["Message"])
    assert (message["count"], len(message["files"])) == (3, 2)


def test_a_message_shows_what_is_invisible_in_the_name_of_a_file(
    watch: Watch, state: StateTable, publish: MagicMock
) -> None:
    start_run(state, ("input/a\n\u202eb.csv", "v"), **OLD)
    watch()
    (file,) = json.loads(publish.call_args.kwargs["Message"])["files"]
    assert file["key"] == "input/a<U+000A><U+202E>b.csv"


def test_a_file_that_could_not_be_told_is_told_by_the_next_call(
    watch: Watch, state: StateTable, publish: MagicMock
) -> None:
    start_run(state, VERSION, **OLD)
    publish.side_effect = RuntimeError
    with pytest.raises(RuntimeError):
        watch()
    publish.side_effect = None
    assert watch()["new"] == 1


def test_it_writes_nothing_but_its_own_note(watch: Watch, state: StateTable) -> None:
    start_run(state, VERSION, **OLD)
    before = all_items(state.dynamodb)
    watch()
    (note,) = [item for item in all_items(state.dynamodb) if item not in before]
    assert note["owner"] == f"{HERE}/notes"


@pytest.mark.parametrize(
    ("by_dns", "by_arc", "is_unclear"),
    [
        ((HERE,), True, 0),
        ((THERE,), False, 0),
        ((HERE,), False, 1),
        ((THERE,), True, 1),
        ((HERE, THERE), True, 1),
    ],
)
def test_operators_are_told_if_dns_and_the_routing_controls_do_not_agree(
    watch: Watch,
    state: StateTable,
    counts: dict[str, int],
    monkeypatch: pytest.MonkeyPatch,
    by_dns: tuple[str, ...],
    by_arc: bool,
    is_unclear: int,
) -> None:
    set_active_region(monkeypatch, *by_dns)
    note_routing(state, is_active=by_arc)
    watch()
    assert counts["ActiveRegionUnclear"] == is_unclear


def test_an_old_note_of_the_routing_controls_proves_nothing(
    watch: Watch, state: StateTable, counts: dict[str, int]
) -> None:
    noted_at = int(datetime.now(UTC).timestamp()) - VALID_SECONDS - 1
    state.write_note("routing", {"is_active": False, "noted_at": noted_at})
    watch()
    assert counts["ActiveRegionUnclear"] == 0


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """The metrics of the calls so far."""
    numbers: dict[str, int] = {}
    monkeypatch.setattr(app, "count", lambda name, number=1: numbers.update({name: number}))
    return numbers
