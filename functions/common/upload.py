"""Writes an object of any size in bounded memory."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

# S3 takes parts of 5 MiB and more but for the last one, and 10,000 of them: this makes 80 GB.
PART_BYTES = 8 * 1024 * 1024


class Upload:
    """An object that appears whole at `finish`, or not at all.

    Use it in a `with` block: leaving it without `finish` aborts what was begun. A small object is
    one PutObject; a larger one a multipart upload, of which one part at a time is in memory.
    """

    def __init__(self, s3: S3Client, bucket: str, key: str, content_type: str = "text/csv") -> None:
        self._s3 = s3
        self._bucket = bucket
        self._key = key
        self._content_type = f"{content_type}; charset=utf-8"
        self._buffer = bytearray()
        self._upload_id = ""
        self._parts: list[CompletedPartTypeDef] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._upload_id:
            self._s3.abort_multipart_upload(
                Bucket=self._bucket, Key=self._key, UploadId=self._upload_id
            )

    def write(self, data: bytes) -> None:
        """Add bytes; sends a part when there is enough for one."""
        self._buffer += data
        while len(self._buffer) > PART_BYTES:
            self._send(bytes(self._buffer[:PART_BYTES]))
            del self._buffer[:PART_BYTES]

    def finish(self) -> str:
        """Make the object appear; returns its version id."""
        if not self._upload_id:
            return self._put()
        self._send(bytes(self._buffer))
        done = self._s3.complete_multipart_upload(
            Bucket=self._bucket,
            Key=self._key,
            UploadId=self._upload_id,
            MultipartUpload={"Parts": self._parts},
        )
        self._upload_id = ""
        return done["VersionId"]

    def _put(self) -> str:
        body = bytes(self._buffer)
        done = self._s3.put_object(
            Bucket=self._bucket, Key=self._key, Body=body, ContentType=self._content_type
        )
        return done["VersionId"]

    def _send(self, body: bytes) -> None:
        self._upload_id = self._upload_id or self._begin()
        number = len(self._parts) + 1
        done = self._s3.upload_part(
            Bucket=self._bucket,
            Key=self._key,
            UploadId=self._upload_id,
            PartNumber=number,
            Body=body,
            ChecksumAlgorithm="CRC32",
        )
        self._parts.append(
            {"PartNumber": number, "ETag": done["ETag"], "ChecksumCRC32": done["ChecksumCRC32"]}
        )

    def _begin(self) -> str:
        # The SDK sends a CRC-32 with each part. S3 refuses that ("expected checksum Type: null,
        # actual checksum Type: crc32") unless the upload was begun with the same algorithm.
        begun = self._s3.create_multipart_upload(
            Bucket=self._bucket,
            Key=self._key,
            ContentType=self._content_type,
            ChecksumAlgorithm="CRC32",
        )
        return begun["UploadId"]
