"""Runs by their rows: which are handed over, and which are left or told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import pytest

from common.attempts import attempt_of
from common.state_table import Owner, StateTable, now
from tests.unit.reconciler.reconciling import (
    HERE,
    LONG_AGO,
    THERE,
    Pass,
    begin,
    newest,
    read,
    upload,
    versions,
)
from tests.unit.support import BUCKET

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def test_an_unfinished_file_of_the_other_region_is_requeued_here(
    reconcile: Pass, s3: S3Client, state: StateTable
) -> None:
    at = upload(s3)
    run_id = begin(state, at)
    assert reconcile()["requeued"] == 1
    row = read(state, run_id)
    assert (row["region"], row["attempt"], row["status"]) == (HERE, 2, "STARTED")
    copy = newest(s3, at[0])
    assert copy["VersionId"] != at[1]
    attempt = attempt_of(at[0], copy["VersionId"], copy["Metadata"])
    assert (attempt.run_id, attempt.number) == (run_id, 2)


def test_twice_is_once(reconcile: Pass, s3: S3Client, state: StateTable) -> None:
    begin(state, upload(s3))
    assert reconcile()["requeued"] == 1
    again = reconcile(grace="120")
    assert (again["requeued"], again["running"]) == (0, 1)
    assert versions(s3) == 2


def test_what_runs_here_is_left_alone(
    reconcile: Pass, s3: S3Client, state: StateTable, executions: dict[str, str]
) -> None:
    run_id = begin(state, upload(s3), region=HERE, attempt=2)
    executions[f"{run_id}-2"] = "RUNNING"
    assert reconcile()["running"] == 1
    assert versions(s3) == 1


@pytest.mark.parametrize("ended", ["SUCCEEDED", "TIMED_OUT", "ABORTED", None])
def test_what_should_run_here_and_does_not_is_begun_again(
    reconcile: Pass, s3: S3Client, state: StateTable, executions: dict[str, str], ended: str | None
) -> None:
    run_id = begin(state, upload(s3), region=HERE)
    if ended:
        executions[run_id] = ended
    assert reconcile()["requeued"] == 1
    assert read(state, run_id)["attempt"] == 2


def test_a_finished_run_is_not_looked_at(reconcile: Pass, s3: S3Client, state: StateTable) -> None:
    begin(state, upload(s3), status="COMPLETED")
    summary = reconcile()
    assert summary["requeued"] == 0
    assert versions(s3) == 1


def test_a_run_that_finishes_meanwhile_is_not_requeued(
    reconcile: Pass, s3: S3Client, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = begin(state, upload(s3))
    take_over = StateTable.take_over

    def finish_first(table: StateTable, *given: Any) -> bool:
        state.claim_mail(run_id, "t", Owner(THERE, 1))
        state.complete(run_id, "t", {"mail_message_id": "m"})
        return take_over(table, *given)

    monkeypatch.setattr(StateTable, "take_over", finish_first)
    assert reconcile()["finished"] == 1
    assert versions(s3) == 1


def test_defect_1_an_input_that_was_deleted_meanwhile_is_still_found(
    reconcile: Pass, s3: S3Client, state: StateTable
) -> None:
    at = upload(s3)
    begin(state, at)
    s3.delete_object(Bucket=BUCKET, Key=at[0])
    assert reconcile()["requeued"] == 1


def test_defect_4_a_run_that_failed_in_the_other_region_is_tried_here(
    reconcile: Pass, s3: S3Client, state: StateTable
) -> None:
    run_id = begin(state, upload(s3), status="FAILED", error="ConnectTimeoutError")
    assert reconcile()["requeued"] == 1
    assert read(state, run_id)["status"] == "STARTED"
    assert "error" not in read(state, run_id)


@pytest.mark.parametrize(
    "more",
    [{"error": "InputRefused"}, {"error": "RowsDoNotAddUp", "region": HERE}],
)
def test_a_failure_that_another_try_would_not_mend_is_counted(
    reconcile: Pass, s3: S3Client, state: StateTable, more: dict[str, str]
) -> None:
    begin(state, upload(s3), status="FAILED", **more)
    assert reconcile()["failed"] == 1
    assert versions(s3) == 1


def test_a_failed_run_that_an_operator_reopens_is_begun_again_here(
    reconcile: Pass, s3: S3Client, state: StateTable
) -> None:
    """docs/operations.md: its row is set to STARTED; the notice was mailed, the result will be."""
    told = {"mail_claimed_at": now(), "mail_message_id": "m1", "error": "E", "reason": "because"}
    run_id = begin(state, upload(s3), region=HERE, **told)
    assert reconcile()["requeued"] == 1
    row = read(state, run_id)
    assert (row["status"], row["attempt"]) == ("STARTED", 2)
    assert not told.keys() & row.keys()


def test_a_failure_of_long_ago_is_not_looked_at(
    reconcile: Pass, s3: S3Client, state: StateTable
) -> None:
    begin(state, upload(s3), status="FAILED", error="E", started_at=LONG_AGO)
    assert reconcile()["requeued"] == 0


def test_a_run_whose_mail_may_have_gone_is_told_and_left(
    reconcile: Pass, s3: S3Client, state: StateTable
) -> None:
    begin(state, upload(s3), mail_claimed_at="t")
    summary = reconcile("last")
    assert summary["uncertain"] == 1
    assert summary["files"] == {"uncertain": ["input/a.csv"]}
    assert versions(s3) == 1


def test_d4_a_file_that_the_bucket_lacks_is_told_and_left_to_the_next_pass(
    reconcile: Pass, state: StateTable, told: MagicMock
) -> None:
    run_id = begin(state, ("input/late.csv", "v1"))
    summary = reconcile()
    assert (summary["missing"], summary["files"]) == (1, {"missing": ["input/late.csv"]})
    assert "input/late.csv" in told.call_args.kwargs["Message"]
    assert read(state, run_id)["region"] == THERE
    assert reconcile("last")["missing"] == 1
