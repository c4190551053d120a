"""A whole pass: its pages, its time, its errors and its report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import pytest

from common.runs import InputVersion
from common.state_table import StateTable
from reconciler import input_bucket
from reconciler.app import NotActive, NotReconciled
from reconciler.report import MAX_NAMES, Report
from tests.unit.helpers import raising
from tests.unit.inputs import (
    HERE,
    LONG_AGO,
    THERE,
    Reconcile,
    count_versions,
    start_run,
    upload,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def test_defect_4_all_pages_of_the_attempts_are_read(
    reconcile: Reconcile, s3: S3Client, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.state_reader.PAGE", 2)
    for number in range(5):
        start_run(state, upload(s3, f"{number}.csv"))
    assert reconcile()["requeued"] == 5


def test_a_file_that_fails_does_not_keep_others_from_being_taken_over(
    reconcile: Reconcile, s3: S3Client, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.csv", "b.csv"):
        start_run(state, upload(s3, name))
    copy = input_bucket.InputBucket.copy_onto_itself

    def refuse_a(
        bucket: input_bucket.InputBucket, version: InputVersion, *arguments: Any
    ) -> str | None:
        if version.key.endswith("a.csv"):
            raising("SlowDown", 503)()
        return copy(bucket, version, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(input_bucket.InputBucket, "copy_onto_itself", refuse_a)
        summary = reconcile()
        assert (summary["requeued"], summary["errors"]) == (1, 1)
        assert summary["files"] == {"errors": ["input/a.csv"]}
    assert reconcile()["requeued"] >= 1  # the attempt is this Region's and has no execution


def test_the_last_pass_fails_if_it_leaves_files_behind(
    reconcile: Reconcile, s3: S3Client, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_run(state, upload(s3), started_at=LONG_AGO)
    refuse_all = MagicMock(side_effect=raising("SlowDown", 503))
    with monkeypatch.context() as patch:
        patch.setattr(input_bucket.InputBucket, "copy_onto_itself", refuse_all)
        with pytest.raises(NotReconciled):
            reconcile("last", grace_seconds="120")
    assert reconcile("last", grace_seconds="120")["requeued"] == 1


def test_defect_8_a_region_that_is_not_active_takes_nothing_over(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    start_run(state, upload(s3))
    with pytest.raises(NotActive, match="the active Region is us-east-1, not us-west-2"):
        reconcile(active=THERE)
    assert count_versions(s3) == 1


def test_a_look_changes_nothing(reconcile: Reconcile, s3: S3Client, state: StateTable) -> None:
    start_run(state, upload(s3))
    assert reconcile("look", active=THERE)["active"] == THERE
    assert count_versions(s3) == 1


def test_metrics_count_the_files_reconciled_and_those_left_behind(
    reconcile: Reconcile, s3: S3Client, state: StateTable, capsys: pytest.CaptureFixture[str]
) -> None:
    start_run(state, upload(s3))
    start_run(state, ("input/late.csv", "v1"))
    reconcile("last")
    printed = capsys.readouterr().out
    assert '"FilesReconciled":[1.0]' in printed
    assert '"FilesNotReconciled":[1.0]' in printed


def test_a_report_shows_what_is_invisible_in_the_name_of_a_file() -> None:
    report = Report(HERE, HERE, "last")
    report.add("missing", "input/a\n\u202eb.csv")
    assert report.summary()["files"] == {"missing": ["input/a<U+000A><U+202E>b.csv"]}


def test_a_report_of_very_many_files_stays_small() -> None:
    report = Report(HERE, HERE, "last")
    for number in range(10_000):
        report.add("missing", f"input/{number:01000d}")
    summary = report.summary()
    assert summary["missing"] == 10_000
    assert len(summary["files"]["missing"]) == MAX_NAMES
    assert len(json.dumps(summary)) < 100_000
