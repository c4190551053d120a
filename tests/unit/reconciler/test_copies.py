"""The copy that continues a run: it keeps what the object had, whatever its size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ReadTimeoutError

from common.attempts import AttemptId, Marks, copy_metadata
from common.runs import Item
from common.state_table import StateTable
from reconciler import app, input_bucket
from tests.unit.helpers import BUCKET
from tests.unit.inputs import (
    HERE,
    Reconcile,
    attempts,
    newest,
    start_run,
    upload,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def expected_marks(item: Item) -> dict[str, str]:
    """The metadata of the copy for this attempt."""
    marks = Marks(
        AttemptId(item["run_id"], int(item["attempt"])), item["region"], item["copy_token"]
    )
    return copy_metadata(marks, item["version_id"])


def test_defect_3_a_copy_keeps_what_the_object_had_and_names_its_attempt(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    version = upload(s3, Metadata={"owner": "me"}, ContentType="text/csv", Tagging="team=x")
    run_id = start_run(state, version)
    reconcile()
    copy, item = newest(s3, version[0]), attempts(state, run_id)[HERE, 2]
    assert copy["Metadata"] == {"owner": "me", **expected_marks(item)}
    assert item["copy_version_id"] == copy["VersionId"]
    assert copy["ContentType"] == "text/csv"
    tags = s3.get_object_tagging(Bucket=BUCKET, Key=version[0])["TagSet"]
    assert tags == [{"Key": "team", "Value": "x"}]


def test_defect_3_a_copy_replaces_the_metadata_since_s3_refuses_one_that_changes_nothing(
    reconcile: Reconcile, s3: S3Client, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_run(state, upload(s3))
    requests = []
    monkeypatch.setattr(app, "S3_WITHOUT_RETRIES", s3)
    s3.meta.events.register(
        "before-parameter-build.s3.CopyObject", lambda params, **_: requests.append(params)
    )
    reconcile()
    assert [request["MetadataDirective"] for request in requests] == ["REPLACE"]


def test_a_copy_whose_response_is_lost_is_not_repeated_with_the_same_marks(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    """The second version would have the marks of an attempt, and be no copy that one names."""
    start_run(state, upload(s3))
    requests = []

    def lose(request: Any, **_: Any) -> None:
        requests.append(request)
        raise ReadTimeoutError(endpoint_url=request.url)

    app.S3_WITHOUT_RETRIES.meta.events.register_first("before-send.s3.CopyObject", lose)
    try:
        assert reconcile()["errors"] == 1
    finally:
        app.S3_WITHOUT_RETRIES.meta.events.unregister("before-send.s3.CopyObject", lose)
    assert len(requests) == 1


def test_an_object_above_the_limit_of_a_copy_is_copied_in_parts(
    reconcile: Reconcile, s3: S3Client, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = TransferConfig(multipart_threshold=1, multipart_chunksize=5 * 1024**2)
    monkeypatch.setattr(input_bucket, "COPY", small)
    monkeypatch.setattr(input_bucket, "MAX_SINGLE_COPY", 1)
    body = b"x" * (6 * 1024**2)
    version = upload(s3, body=body, Metadata={"owner": "me"})
    run_id = start_run(state, version)
    assert reconcile()["requeued"] == 1
    copy = newest(s3, version[0])
    assert copy["ETag"].endswith('-2"')
    assert copy["ContentLength"] == len(body)
    item = attempts(state, run_id)[HERE, 2]
    assert copy["Metadata"] == {"owner": "me", **expected_marks(item)}
    assert "copy_version_id" not in item  # boto3 returns none; the trigger notes it


def test_the_limit_of_a_copy_in_one_call_is_that_of_s3() -> None:
    assert input_bucket.COPY.multipart_threshold == input_bucket.MAX_SINGLE_COPY == 5 * 1024**3


def test_d4_a_version_is_not_confused_with_another_of_its_key(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    key, _ = upload(s3)
    upload(s3, "a.csv.gz")
    start_run(state, (key, "another"))
    assert reconcile()["missing"] == 1


def test_failover_and_failback_requeue_the_upload_as_the_same_run(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    version = upload(s3)
    run_id = start_run(state, version)
    reconcile()
    start_run(state, version, number=3)  # a failback, and then another failover
    assert reconcile()["requeued"] == 1
    item = attempts(state, run_id)[HERE, 4]
    assert newest(s3, version[0])["Metadata"] == expected_marks(item)
    assert item["version_id"] == version[1]


def test_marks_that_an_uploader_wrote_are_replaced_by_those_of_the_attempt(
    reconcile: Reconcile, s3: S3Client, state: StateTable
) -> None:
    forged = copy_metadata(Marks(AttemptId("r", 7), "us-east-1", "forged"), "v")
    version = upload(s3, Metadata=forged)
    run_id = start_run(state, version)
    reconcile()
    assert newest(s3, version[0])["Metadata"] == expected_marks(attempts(state, run_id)[HERE, 2])
