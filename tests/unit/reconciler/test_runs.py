"""Runs that were begun: which are taken over, which are left, and which are reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import pytest

from common.attempts import AttemptId, marks_of
from common.state_table import StateTable
from tests.unit.helpers import BUCKET
from tests.unit.inputs import (
    HERE,
    LONG_AGO,
    THERE,
    Reconcile,
    attempts,
    count_versions,
    newest,
    start_run,
    upload,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def test_an_unfinished_file_of_the_other_region_is_requeued_here(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    version = upload(s3)
    run_id = start_run(state, version)
    assert reconcile()["requeued"] == 1
    items = attempts(state, run_id)
    assert items.keys() == {(THERE, 1), (HERE, 2)}
    assert {item["status"] for item in items.values()} == {"STARTED"}
    assert items[HERE, 2]["started_at"] == items[THERE, 1]["started_at"]
    copy = newest(s3, version[0])
    assert copy["VersionId"] != version[1]
    marks = marks_of(version[0], copy["Metadata"])
    assert marks
    assert marks.attempt == AttemptId(run_id, 2)
    assert marks.are_confirmed_by(items[HERE, 2], copy["VersionId"])


def test_a_pass_never_changes_an_item_of_the_other_region(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    claims: list[dict[str, Any]] = [{}, {"mail_claim": "c"}]
    runs = [
        start_run(state, upload(s3, f"{status}{len(claim)}"), status=status, **claim)
        for status in ("STARTED", "FAILED", "SUPERSEDED", "COMPLETED", "GIVEN_UP")
        for claim in claims
    ]
    before = [attempts(state, run_id)[THERE, 1] for run_id in runs]
    for kind in ("first", "last"):
        reconcile(kind)
    assert [attempts(state, run_id)[THERE, 1] for run_id in runs] == before


def test_a_second_pass_changes_nothing(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    start_run(state, upload(s3))
    assert reconcile()["requeued"] == 1
    again = reconcile(grace_seconds="120")
    assert (again["requeued"], again["running"]) == (0, 1)
    assert count_versions(s3) == 2


def test_a_run_that_is_running_here_is_left_alone(
    reconcile: Reconcile, s3: S3Client, state: StateTable, executions: dict[str, str]
) -> None:
    run_id = start_run(state, upload(s3), region=HERE, number=2)
    executions[f"{run_id}-2"] = "RUNNING"
    assert reconcile()["running"] == 1
    assert count_versions(s3) == 1


@pytest.mark.parametrize("status", ["SUCCEEDED", "TIMED_OUT", "ABORTED", None])
def test_a_run_of_this_region_without_a_running_execution_is_started_again(
    reconcile: Reconcile,
    s3: S3Client,
    state: StateTable,
    executions: dict[str, str],
    status: str | None,
) -> None:
    run_id = start_run(state, upload(s3), region=HERE)
    if status:
        executions[run_id] = status
    assert reconcile()["requeued"] == 1
    assert attempts(state, run_id)[HERE, 2]["status"] == "STARTED"


def test_a_finished_run_is_left_alone(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    start_run(state, upload(s3), status="COMPLETED")
    summary = reconcile()
    assert summary["requeued"] == 0
    assert count_versions(s3) == 1


def test_a_run_that_finishes_meanwhile_is_not_requeued(
    reconcile: Reconcile, s3: S3Client, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index still has the attempt as STARTED; the items are read before anything is done."""
    run_id = start_run(state, upload(s3))
    read, peer = StateTable.attempts, StateTable(state.dynamodb, state.table, THERE, HERE)

    def finish_first(table: StateTable, *arguments: Any) -> Any:
        peer.claim_mail(AttemptId(run_id, 1), "c")
        peer.complete(AttemptId(run_id, 1), "c", {"mail_message_id": "m"})
        return read(table, *arguments)

    monkeypatch.setattr(StateTable, "attempts", finish_first)
    assert reconcile()["finished"] == 1
    assert count_versions(s3) == 1


def test_a_run_is_reported_once_however_many_attempts_it_has(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    version = upload(s3)
    start_run(state, version, status="FAILED", error="E")
    start_run(state, version, number=2)
    start_run(state, version, number=2, region=HERE, status="SUPERSEDED")
    assert reconcile()["requeued"] == 1
    assert count_versions(s3) == 2


@pytest.mark.parametrize("region", [HERE, THERE])
def test_a_run_whose_only_attempt_gave_way_is_taken_over(
    reconcile: Reconcile, s3: S3Client, state: StateTable, region: str
) -> None:
    """The Region lost it to a failover, after which nobody began it."""
    run_id = start_run(state, upload(s3), region, status="SUPERSEDED")
    assert reconcile()["requeued"] == 1
    assert attempts(state, run_id)[HERE, 2]["status"] == "STARTED"


@pytest.mark.parametrize(("other", "number"), [("COMPLETED", 2), ("GIVEN_UP", 2), ("STARTED", 2)])
def test_an_attempt_of_this_region_that_ended_without_a_trace_is_cleaned_up(
    reconcile: Reconcile, s3: S3Client, state: StateTable, other: str, number: int
) -> None:
    """Its Region died with it, and is back."""
    version = upload(s3)
    run_id = start_run(state, version, HERE)
    start_run(state, version, THERE, number, other)
    reconcile()
    assert attempts(state, run_id)[HERE, 1]["status"] == "SUPERSEDED"


def test_an_attempt_that_is_still_running_is_not_cleaned_up(
    reconcile: Reconcile, s3: S3Client, state: StateTable, executions: dict[str, str]
) -> None:
    version = upload(s3)
    run_id = start_run(state, version, HERE)
    start_run(state, version, THERE, 2, "COMPLETED")
    executions.update({f"other-{number}": "RUNNING" for number in range(5)}, **{run_id: "RUNNING"})
    assert reconcile()["finished"] == 1
    assert attempts(state, run_id)[HERE, 1]["status"] == "STARTED"


def test_an_earlier_attempt_of_this_region_cannot_mail_after_a_later_one_is_begun(
    reconcile: Reconcile, s3: S3Client, state: StateTable, executions: dict[str, str]
) -> None:
    """There and back: it is past the fence, and slow, while the next attempt is begun here."""
    version = upload(s3)
    run_id = start_run(state, version, HERE)
    start_run(state, version, THERE, 2)
    executions[run_id] = "RUNNING"
    assert reconcile()["requeued"] == 1
    assert attempts(state, run_id)[HERE, 3]["status"] == "STARTED"
    assert not state.claim_mail(AttemptId(run_id, 1), "c")


def test_no_later_attempt_is_begun_if_an_earlier_one_claims_its_mail_meanwhile(
    reconcile: Reconcile, s3: S3Client, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = upload(s3)
    run_id = start_run(state, version, HERE)
    start_run(state, version, THERE, 2)
    supersede = StateTable.supersede

    def claim_first(table: StateTable, attempt: AttemptId) -> bool:
        state.claim_mail(attempt, "c")
        return supersede(table, attempt)

    monkeypatch.setattr(StateTable, "supersede", claim_first)
    assert reconcile()["running"] == 1
    assert (HERE, 3) not in attempts(state, run_id)
    assert count_versions(s3) == 1


def test_defect_1_an_input_that_was_deleted_meanwhile_is_still_found(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    version = upload(s3)
    start_run(state, version)
    s3.delete_object(Bucket=BUCKET, Key=version[0])
    assert reconcile()["requeued"] == 1


def test_defect_4_a_run_that_failed_in_the_other_region_is_tried_here(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    run_id = start_run(state, upload(s3), status="FAILED", error="ConnectTimeoutError")
    assert reconcile()["requeued"] == 1
    assert attempts(state, run_id)[HERE, 2]["status"] == "STARTED"
    assert "error" not in attempts(state, run_id)[HERE, 2]


@pytest.mark.parametrize(
    "attributes",
    [
        {"error": "InputRefused", "mail_claim": "c", "mail_message_id": "m"},
        {"error": "RowsDoNotAddUp", "region": HERE},
    ],
)
def test_a_failure_that_another_try_would_not_change_is_only_counted(
    reconcile: Reconcile, s3: S3Client, state: StateTable, attributes: dict[str, Any]
) -> None:
    start_run(state, upload(s3), status="FAILED", **attributes)
    assert reconcile()["failed"] == 1
    assert count_versions(s3) == 1


def test_a_refused_input_whose_user_was_not_told_is_tried_here(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    """The other Region could not ask the fence, so it mailed nothing."""
    start_run(state, upload(s3), status="FAILED", error="InputRefused")
    assert reconcile()["requeued"] == 1


def test_a_failure_of_long_ago_is_left_alone(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    start_run(state, upload(s3), status="FAILED", error="E", started_at=LONG_AGO)
    assert reconcile()["requeued"] == 0


def test_a_run_whose_mail_may_have_been_sent_is_reported_and_left(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    start_run(state, upload(s3), mail_claim="c")
    summary = reconcile("last")
    assert summary["uncertain"] == 1
    assert summary["files"] == {"uncertain": ["input/a.csv"]}
    assert count_versions(s3) == 1


def test_d4_a_file_that_the_bucket_lacks_is_reported_and_left_to_the_next_pass(
    reconcile: Reconcile, state: StateTable, publish: MagicMock
) -> None:
    run_id = start_run(state, ("input/late.csv", "v1"))
    summary = reconcile()
    assert (summary["missing"], summary["files"]) == (1, {"missing": ["input/late.csv"]})
    assert "input/late.csv" in publish.call_args.kwargs["Message"]
    assert attempts(state, run_id).keys() == {(THERE, 1)}
    assert reconcile("last")["missing"] == 1
