"""A pass as a whole: pages, time, refusals, its report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import pytest

from common.state_table import StateTable
from reconciler import input_bucket as bucket
from reconciler.app import NotActive, NotReconciled
from reconciler.report import NAMES, Report
from tests.unit.reconciler.reconciling import (
    HERE,
    LONG_AGO,
    THERE,
    Pass,
    begin,
    upload,
    versions,
)
from tests.unit.support import failing

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def test_defect_4_all_pages_of_the_rows_are_read(
    reconcile: Pass, s3: S3Client, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.state.PAGE", 2)
    for number in range(5):
        begin(state, upload(s3, f"{number}.csv"))
    assert reconcile()["requeued"] == 5


def test_one_file_that_fails_keeps_no_other_from_being_handed_over(
    reconcile: Pass, s3: S3Client, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.csv", "b.csv"):
        begin(state, upload(s3, name))
    copy = bucket.Bucket.copy_onto_itself

    def refuse_a(one: bucket.Bucket, key: str, *given: Any) -> None:
        if key.endswith("a.csv"):
            failing("SlowDown", 503)()
        copy(one, key, *given)

    with monkeypatch.context() as patch:
        patch.setattr(bucket.Bucket, "copy_onto_itself", refuse_a)
        summary = reconcile()
        assert (summary["requeued"], summary["errors"]) == (1, 1)
        assert summary["files"] == {"errors": ["input/a.csv"]}
    assert reconcile()["requeued"] >= 1  # its row is this Region's, and nothing runs


def test_the_last_pass_fails_if_it_leaves_files_behind(
    reconcile: Pass, s3: S3Client, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(state, upload(s3), started_at=LONG_AGO)
    broken = MagicMock(side_effect=failing("SlowDown", 503))
    with monkeypatch.context() as patch:
        patch.setattr(bucket.Bucket, "copy_onto_itself", broken)
        with pytest.raises(NotReconciled):
            reconcile("last", grace="120")
    assert reconcile("last", grace="120")["requeued"] == 1  # the runbook tries again at once


def test_a_pass_stops_when_its_time_is_up_and_says_so(
    reconcile: Pass, s3: S3Client, state: StateTable
) -> None:
    begin(state, upload(s3))
    assert reconcile(budget_seconds="-1")["complete"] is False
    with pytest.raises(NotReconciled):
        reconcile("last", budget_seconds="-1")


def test_defect_8_nothing_is_handed_to_a_region_that_is_not_active(
    reconcile: Pass, s3: S3Client, state: StateTable
) -> None:
    begin(state, upload(s3))
    with pytest.raises(NotActive, match="the active Region is us-east-1, not us-west-2"):
        reconcile(active=THERE)
    assert versions(s3) == 1


def test_looking_changes_nothing(reconcile: Pass, s3: S3Client, state: StateTable) -> None:
    begin(state, upload(s3))
    assert reconcile("look", active=THERE)["active"] == THERE
    assert versions(s3) == 1


def test_files_reconciled_are_counted_and_those_left_behind_too(
    reconcile: Pass, s3: S3Client, state: StateTable, capsys: pytest.CaptureFixture[str]
) -> None:
    begin(state, upload(s3))
    begin(state, ("input/late.csv", "v1"))
    reconcile("last")
    printed = capsys.readouterr().out
    assert '"FilesReconciled":[1.0]' in printed
    assert '"FilesNotReconciled":[1.0]' in printed


def test_a_report_of_very_many_files_stays_small() -> None:
    report = Report(HERE, HERE, "last")
    for number in range(10_000):
        report.add("missing", f"input/{number:01000d}")
    summary = report.summary()
    assert summary["missing"] == 10_000
    assert len(summary["files"]["missing"]) == NAMES
    assert len(json.dumps(summary)) < 100_000
