"""The copy that continues a run: it keeps what the object had, whatever its size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from boto3.s3.transfer import TransferConfig

from common.attempts import copy_metadata
from common.state_table import StateTable
from reconciler import app, input_bucket
from tests.unit.helpers import BUCKET
from tests.unit.reconciler.helpers import THERE, Reconcile, newest, start_run, upload

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def test_defect_3_a_copy_keeps_what_the_object_had_and_names_its_attempt(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    version = upload(s3, Metadata={"owner": "me"}, ContentType="text/csv", Tagging="team=x")
    run_id = start_run(state, version)
    reconcile()
    copy = newest(s3, version[0])
    assert copy["Metadata"] == {"owner": "me", **copy_metadata(run_id, version[1], 2)}
    assert copy["ContentType"] == "text/csv"
    tags = s3.get_object_tagging(Bucket=BUCKET, Key=version[0])["TagSet"]
    assert tags == [{"Key": "team", "Value": "x"}]


def test_defect_3_a_copy_replaces_the_metadata_since_s3_refuses_one_that_changes_nothing(
    reconcile: Reconcile, s3: S3Client, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_run(state, upload(s3))
    requests = []
    monkeypatch.setattr(app, "S3", s3)
    s3.meta.events.register(
        "before-parameter-build.s3.CopyObject", lambda params, **_: requests.append(params)
    )
    reconcile()
    assert [request["MetadataDirective"] for request in requests] == ["REPLACE"]


def test_an_object_above_the_limit_of_a_copy_is_copied_in_parts(
    reconcile: Reconcile, s3: S3Client, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = TransferConfig(multipart_threshold=1, multipart_chunksize=5 * 1024**2)
    monkeypatch.setattr(input_bucket, "COPY", small)
    body = b"x" * (6 * 1024**2)
    version = upload(s3, body=body, Metadata={"owner": "me"})
    run_id = start_run(state, version)
    assert reconcile()["requeued"] == 1
    copy = newest(s3, version[0])
    assert copy["ETag"].endswith('-2"')
    assert copy["ContentLength"] == len(body)
    assert copy["Metadata"] == {"owner": "me", **copy_metadata(run_id, version[1], 2)}
    assert input_bucket.COPY is small


def test_the_limit_of_a_copy_in_one_call_is_that_of_s3() -> None:
    assert input_bucket.COPY.multipart_threshold == 5 * 1024**3


def test_d4_a_version_is_not_confused_with_another_of_its_key(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    key, _ = upload(s3)
    upload(s3, "a.csv.gz")
    start_run(state, (key, "another"))
    assert reconcile()["missing"] == 1


def test_failover_and_failback_requeue_a_copy_of_the_copy_as_the_same_run(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    version = upload(s3)
    run_id = start_run(state, version)
    reconcile()
    row = state.get_existing(run_id)
    assert state.take_over(row, THERE)  # a failback, and then another failover
    assert reconcile()["requeued"] == 1
    copy = newest(s3, version[0])
    assert copy["Metadata"] == copy_metadata(run_id, version[1], 4)
    assert state.get_existing(run_id)["attempt"] == 4
