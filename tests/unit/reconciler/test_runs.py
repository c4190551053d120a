"""Runs that have a row: which are taken over, which are left, and which are reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import pytest

from common.attempts import attempt_of_version
from common.runs import Owner, now
from common.state_table import StateTable
from tests.unit.helpers import BUCKET
from tests.unit.reconciler.helpers import (
    HERE,
    LONG_AGO,
    THERE,
    Reconcile,
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
    row = state.get_existing(run_id)
    assert (row["region"], row["attempt"], row["status"]) == (HERE, 2, "STARTED")
    copy = newest(s3, version[0])
    assert copy["VersionId"] != version[1]
    attempt = attempt_of_version(version[0], copy["VersionId"], copy["Metadata"])
    assert (attempt.run_id, attempt.number) == (run_id, 2)


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
    run_id = start_run(state, upload(s3), region=HERE, attempt=2)
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
    assert state.get_existing(run_id)["attempt"] == 2


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
    run_id = start_run(state, upload(s3))
    take_over = StateTable.take_over

    def finish_first(table: StateTable, *arguments: Any) -> bool:
        state.claim_mail(run_id, "t", Owner(THERE, 1))
        state.complete(run_id, "t", {"mail_message_id": "m"})
        return take_over(table, *arguments)

    monkeypatch.setattr(StateTable, "take_over", finish_first)
    assert reconcile()["finished"] == 1
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
    assert state.get_existing(run_id)["status"] == "STARTED"
    assert "error" not in state.get_existing(run_id)


@pytest.mark.parametrize(
    "attributes",
    [{"error": "InputRefused"}, {"error": "RowsDoNotAddUp", "region": HERE}],
)
def test_a_failure_that_another_try_would_not_change_is_only_counted(
    reconcile: Reconcile, s3: S3Client, state: StateTable, attributes: dict[str, str]
) -> None:
    start_run(state, upload(s3), status="FAILED", **attributes)
    assert reconcile()["failed"] == 1
    assert count_versions(s3) == 1


def test_a_failed_run_that_an_operator_reopens_is_started_again_here(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    """An operator sets its row to STARTED (docs/operations.md); the notice was mailed already."""
    notice = {"mail_claimed_at": now(), "mail_message_id": "m1", "error": "E", "reason": "because"}
    run_id = start_run(state, upload(s3), region=HERE, **notice)
    assert reconcile()["requeued"] == 1
    row = state.get_existing(run_id)
    assert (row["status"], row["attempt"]) == ("STARTED", 2)
    assert not notice.keys() & row.keys()


def test_a_failure_of_long_ago_is_left_alone(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    start_run(state, upload(s3), status="FAILED", error="E", started_at=LONG_AGO)
    assert reconcile()["requeued"] == 0


def test_a_run_whose_mail_may_have_been_sent_is_reported_and_left(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    start_run(state, upload(s3), mail_claimed_at="t")
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
    assert state.get_existing(run_id)["region"] == THERE
    assert reconcile("last")["missing"] == 1
