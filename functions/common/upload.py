"""Writes an S3 object of any size in bounded memory."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from botocore.exceptions import BotoCoreError, ClientError

from common.observability import logger

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

# A part has at least 5 MiB, except the last, and an upload at most 10,000 parts: 80 GB with these.
PART_BYTES = 8 * 1024 * 1024


class UploadState(NamedTuple):
    """What another process needs to go on with an upload: `unsent` are the bytes of no part yet."""

    upload_id: str
    parts: list[CompletedPartTypeDef]
    size: int
    unsent: bytes


NOT_BEGUN = UploadState("", [], 0, b"")


class Upload:
    """An object that appears as a whole at `finish`, or not at all.

    Use it in a `with` block, which aborts the upload if it is left without `finish` and `suspend`.
    A small object is one PutObject; a larger one is a multipart upload, with one part at a time in
    memory. An upload that goes on from a `state` is never aborted, so that the caller can begin
    again from that state: the same bytes become the same parts.
    """

    def __init__(
        self,
        s3: S3Client,
        bucket: str,
        key: str,
        content_type: str = "text/csv",
        state: UploadState = NOT_BEGUN,
    ) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._key = key
        self._content_type = f"{content_type}; charset=utf-8"
        self._upload_id = state.upload_id
        self._parts = list(state.parts)
        self._buffer = bytearray(state.unsent)
        self._is_kept = bool(state.upload_id)
        self.size = state.size  # bytes written

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._upload_id and not self._is_kept:
            self._abort()

    def _abort(self) -> None:
        """Abort the upload; if that fails, the bucket's lifecycle does it in some days.

        The error to raise is the one that has ended the `with` block.
        """
        try:
            self._s3.abort_multipart_upload(
                Bucket=self._bucket, Key=self._key, UploadId=self._upload_id
            )
        except (BotoCoreError, ClientError):
            logger.warning("An upload was not aborted", upload_id=self._upload_id, exc_info=True)

    def suspend(self) -> UploadState:
        """Leave the upload as it is; return where another one goes on."""
        self._is_kept = True
        return UploadState(self._upload_id, self._parts, self.size, bytes(self._buffer))

    def write(self, data: bytes) -> None:
        """Add bytes, and send every part that is complete."""
        self.size += len(data)
        self._buffer += data
        while len(self._buffer) > PART_BYTES:
            with memoryview(self._buffer) as buffer:
                part = bytes(buffer[:PART_BYTES])
            del self._buffer[:PART_BYTES]
            self._send_part(part)

    def finish(self) -> str:
        """Make the object appear; return its version id."""
        if not self._upload_id:
            return self._put_object()
        self._send_part(bytes(self._buffer))
        response = self._s3.complete_multipart_upload(
            Bucket=self._bucket,
            Key=self._key,
            UploadId=self._upload_id,
            MultipartUpload={"Parts": self._parts},
        )
        self._upload_id = ""
        return response["VersionId"]

    def _put_object(self) -> str:
        body = bytes(self._buffer)
        response = self._s3.put_object(
            Bucket=self._bucket, Key=self._key, Body=body, ContentType=self._content_type
        )
        return response["VersionId"]

    def _send_part(self, body: bytes) -> None:
        self._upload_id = self._upload_id or self._create_upload()
        number = len(self._parts) + 1
        part = self._s3.upload_part(
            Bucket=self._bucket,
            Key=self._key,
            UploadId=self._upload_id,
            PartNumber=number,
            Body=body,
            ChecksumAlgorithm="CRC32",
        )
        self._parts.append(
            {"PartNumber": number, "ETag": part["ETag"], "ChecksumCRC32": part["ChecksumCRC32"]}
        )

    def _create_upload(self) -> str:
        # The SDK sends a CRC-32 with each part. S3 refuses that ("expected checksum Type: null,
        # actual checksum Type: crc32") unless the upload was created with the same algorithm.
        upload = self._s3.create_multipart_upload(
            Bucket=self._bucket,
            Key=self._key,
            ContentType=self._content_type,
            ChecksumAlgorithm="CRC32",
        )
        return upload["UploadId"]
