"""The copy by which a file is handed over: all that the object had, marks, any size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from boto3.s3.transfer import TransferConfig

from common.attempts import marks
from common.state_table import StateTable
from reconciler import app
from reconciler import input_bucket as bucket
from tests.unit.reconciler.reconciling import (
    THERE,
    Pass,
    begin,
    newest,
    read,
    upload,
)
from tests.unit.support import BUCKET

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def test_defect_3_a_copy_keeps_what_the_object_had_and_adds_marks(
    reconcile: Pass, s3: S3Client, state: StateTable
) -> None:
    at = upload(s3, Metadata={"owner": "me"}, ContentType="text/csv", Tagging="team=x")
    run_id = begin(state, at)
    reconcile()
    copy = newest(s3, at[0])
    assert copy["Metadata"] == {"owner": "me", **marks(run_id, at[1], 2)}
    assert copy["ContentType"] == "text/csv"
    tags = s3.get_object_tagging(Bucket=BUCKET, Key=at[0])["TagSet"]
    assert tags == [{"Key": "team", "Value": "x"}]


def test_defect_3_a_copy_replaces_the_metadata_since_s3_refuses_one_that_changes_nothing(
    reconcile: Pass, s3: S3Client, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(state, upload(s3))
    asked = []
    monkeypatch.setattr(app, "S3", s3)
    s3.meta.events.register(
        "before-parameter-build.s3.CopyObject", lambda params, **_: asked.append(params)
    )
    reconcile()
    assert [one["MetadataDirective"] for one in asked] == ["REPLACE"]


def test_an_object_above_the_limit_of_a_copy_is_copied_in_parts(
    reconcile: Pass, s3: S3Client, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = TransferConfig(multipart_threshold=1, multipart_chunksize=5 * 1024**2)
    monkeypatch.setattr(bucket, "COPY", small)
    body = b"x" * (6 * 1024**2)
    at = upload(s3, body=body, Metadata={"owner": "me"})
    run_id = begin(state, at)
    assert reconcile()["requeued"] == 1
    copy = newest(s3, at[0])
    assert copy["ETag"].endswith('-2"')
    assert copy["ContentLength"] == len(body)
    assert copy["Metadata"] == {"owner": "me", **marks(run_id, at[1], 2)}
    assert bucket.COPY is small


def test_the_limit_of_a_copy_in_one_call_is_that_of_s3() -> None:
    assert bucket.COPY.multipart_threshold == 5 * 1024**3


def test_d4_a_version_is_not_taken_for_another_of_its_key(
    reconcile: Pass, s3: S3Client, state: StateTable
) -> None:
    key, _ = upload(s3)
    upload(s3, "a.csv.gz")
    begin(state, (key, "another"))
    assert reconcile()["missing"] == 1


def test_failover_and_failback_requeue_a_copy_of_the_copy_as_the_same_run(
    reconcile: Pass, s3: S3Client, state: StateTable
) -> None:
    at = upload(s3)
    run_id = begin(state, at)
    reconcile()
    row = read(state, run_id)
    assert state.take_over(row, THERE)  # failed back there, then over again
    assert reconcile()["requeued"] == 1
    copy = newest(s3, at[0])
    assert copy["Metadata"] == marks(run_id, at[1], 4)
    assert read(state, run_id)["attempt"] == 4
