"""Uploads of any size in bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.upload import NOT_BEGUN, PART_BYTES, Upload, UploadState
from tests.unit.helpers import BUCKET, raising, read_object

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def fail_before_finish(s3: S3Client, size: int, state: UploadState = NOT_BEGUN) -> None:
    with Upload(s3, BUCKET, "k", state=state) as upload:
        upload.write(b"x" * size)
        raise RuntimeError


def test_a_small_object_is_one_put(s3: S3Client) -> None:
    with Upload(s3, BUCKET, "k") as upload:
        upload.write(b"a")
        upload.write(b"b")
        version = upload.finish()
    assert read_object(s3, "k") == b"ab"
    assert version == s3.head_object(Bucket=BUCKET, Key="k")["VersionId"]
    assert "-" not in s3.head_object(Bucket=BUCKET, Key="k")["ETag"]


def test_a_large_object_keeps_every_byte_in_order_and_one_part_in_memory(s3: S3Client) -> None:
    block = bytes(range(256)) * 4096
    with Upload(s3, BUCKET, "k") as upload:
        for _ in range(20):
            upload.write(block)
            assert len(upload._buffer) <= PART_BYTES
        version = upload.finish()
    head = s3.head_object(Bucket=BUCKET, Key="k")
    assert read_object(s3, "k") == block * 20
    assert head["ETag"].endswith('-3"')
    assert version == head["VersionId"]


def test_no_part_is_empty(s3: S3Client) -> None:
    with Upload(s3, BUCKET, "k") as upload:
        upload.write(b"x" * 2 * PART_BYTES)
        upload.finish()
    assert s3.head_object(Bucket=BUCKET, Key="k")["ETag"].endswith('-2"')
    assert len(read_object(s3, "k")) == 2 * PART_BYTES


@pytest.mark.parametrize("size", [10, 2 * PART_BYTES])
def test_a_failure_leaves_neither_object_nor_parts(s3: S3Client, size: int) -> None:
    with pytest.raises(RuntimeError):
        fail_before_finish(s3, size)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)
    assert "Versions" not in s3.list_object_versions(Bucket=BUCKET)


def test_the_error_of_the_block_is_raised_if_the_upload_cannot_be_aborted_either(
    s3: S3Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "abort_multipart_upload", raising("AccessDenied", 403))
    with pytest.raises(RuntimeError):
        fail_before_finish(s3, 2 * PART_BYTES)


def test_parts_have_the_checksum_algorithm_of_their_upload(s3: S3Client) -> None:
    with Upload(s3, BUCKET, "k") as upload:
        upload.write(b"x" * (PART_BYTES + 1))
        (multipart_upload,) = s3.list_multipart_uploads(Bucket=BUCKET)["Uploads"]
        assert multipart_upload["ChecksumAlgorithm"] == "CRC32"
        assert all(part["ChecksumCRC32"] for part in upload._parts)


@pytest.mark.parametrize("size", [10, PART_BYTES + 10])
def test_an_upload_goes_on_where_another_was_suspended(s3: S3Client, size: int) -> None:
    with Upload(s3, BUCKET, "k") as upload:
        upload.write(b"a" * size)
        state = upload.suspend()
    with Upload(s3, BUCKET, "k", state=state) as upload:
        upload.write(b"b" * PART_BYTES)
        upload.finish()
        assert upload.size == size + PART_BYTES
    assert read_object(s3, "k") == b"a" * size + b"b" * PART_BYTES


def test_an_upload_that_goes_on_outlives_a_failure_and_can_be_repeated(s3: S3Client) -> None:
    with Upload(s3, BUCKET, "k") as upload:
        upload.write(b"a" * (PART_BYTES + 1))
        state = upload.suspend()

    with pytest.raises(RuntimeError):
        fail_before_finish(s3, 2 * PART_BYTES, state)
    with Upload(s3, BUCKET, "k", state=state) as upload:
        upload.write(b"b")
        upload.finish()
    assert read_object(s3, "k") == b"a" * (PART_BYTES + 1) + b"b"
