"""Objects of any size in bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.upload import PART_BYTES, Upload
from tests.unit.support import BUCKET, body_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def test_a_small_object_is_one_put(s3: S3Client) -> None:
    with Upload(s3, BUCKET, "k") as upload:
        upload.write(b"a")
        upload.write(b"b")
        version = upload.finish()
    assert body_of(s3, "k") == b"ab"
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
    assert body_of(s3, "k") == block * 20
    assert head["ETag"].endswith('-3"')
    assert version == head["VersionId"]


@pytest.mark.parametrize("size", [10, 2 * PART_BYTES])
def test_a_failure_leaves_neither_object_nor_parts(s3: S3Client, size: int) -> None:
    def fail_half_way() -> None:
        with Upload(s3, BUCKET, "k") as upload:
            upload.write(b"x" * size)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)
    assert "Versions" not in s3.list_object_versions(Bucket=BUCKET)


def test_parts_carry_the_checksum_that_the_upload_was_begun_with(s3: S3Client) -> None:
    with Upload(s3, BUCKET, "k") as upload:
        upload.write(b"x" * (PART_BYTES + 1))
        (begun,) = s3.list_multipart_uploads(Bucket=BUCKET)["Uploads"]
        assert begun["ChecksumAlgorithm"] == "CRC32"
        assert all(part["ChecksumCRC32"] for part in upload._parts)
