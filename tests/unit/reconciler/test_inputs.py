"""Inputs without a row are started here, unless they are old or deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from common import keys
from common.state_table import StateTable
from reconciler import app
from tests.unit.helpers import BUCKET
from tests.unit.reconciler.helpers import HERE, Reconcile, count_versions, upload

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def test_defect_2_an_input_without_a_row_is_started_here(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    version = upload(s3)
    assert reconcile()["requeued"] == 1
    row = state.get_existing(keys.run_id(*version))
    assert (row["status"], row["region"], row["attempt"]) == ("STARTED", HERE, 2)
    assert row["version_id"] == version[1]
    again = reconcile(grace_seconds="120")
    assert (again["requeued"], again["running"]) == (0, 1)


def test_defect_2_all_pages_of_the_bucket_are_read(
    reconcile: Reconcile, s3: S3Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        upload(s3, f"{number}.csv")
    monkeypatch.setattr(app, "S3", s3)
    page = lambda params, **_: params.update(MaxKeys=3)  # noqa: E731
    s3.meta.events.register("provide-client-params.s3.ListObjectVersions", page)
    assert reconcile()["requeued"] == 7


def test_an_upload_right_before_the_failover_is_started_however_short_the_waits_are(
    reconcile: Reconcile, s3: S3Client
) -> None:
    """The other Region was cut off and could not start it, and its next try will skip it."""
    upload(s3)
    assert reconcile(grace_seconds="120")["requeued"] == 1


def test_an_input_that_another_call_starts_meanwhile_is_running(
    reconcile: Reconcile, s3: S3Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(s3)
    create = StateTable.create

    def create_first(table: StateTable, row: Any) -> bool:
        create(table, row)
        return create(table, row)

    monkeypatch.setattr(StateTable, "create", create_first)
    assert reconcile()["running"] == 1
    assert count_versions(s3) == 1


def test_an_input_that_its_user_deleted_before_it_was_started_is_counted_and_left(
    reconcile: Reconcile, s3: S3Client
) -> None:
    version = upload(s3)
    s3.delete_object(Bucket=BUCKET, Key=version[0])
    assert reconcile()["withdrawn"] == 1


def test_old_inputs_without_a_row_are_left_alone(reconcile: Reconcile, s3: S3Client) -> None:
    upload(s3)
    assert reconcile(sweep_hours="0")["requeued"] == 0


def test_folders_and_outputs_are_not_inputs(reconcile: Reconcile, s3: S3Client) -> None:
    upload(s3, "folder/", b"")
    s3.put_object(Bucket=BUCKET, Key="output/r/a.csv", Body=b"x")
    assert reconcile()["requeued"] == 0
