"""What the functions need of S3 and of the table of rejected rows, in memory."""

from __future__ import annotations

import copy
import hashlib
import io
import itertools
from typing import Any, Self

from botocore.exceptions import ClientError


class Storage:
    """An S3 client and a DynamoDB client.

    `before_request` is called first; what it raises is the error of the request. Parts of uploads
    may be small. The version id of an object tells its bytes.
    """

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.rejects: dict[str, list[dict[str, Any]]] = {}
        self.uploads: dict[str, dict[int, bytes]] = {}
        self._completed: dict[str, tuple[Any, dict[str, str]]] = {}
        self._numbers = itertools.count(1)

    def before_request(self) -> None:
        """Do nothing."""

    def second_client(self) -> Self:
        """Return clients of the same storage, with a `before_request` of their own."""
        return copy.copy(self)

    def put_object(self, *, Key: str, Body: bytes, **_: Any) -> dict[str, str]:  # noqa: N803 - S3's
        self.before_request()
        self.objects[Key] = Body
        return {"VersionId": _etag(Body)}

    def head_object(self, *, Key: str, **_: Any) -> dict[str, int]:  # noqa: N803 - S3's names
        self.before_request()
        return {"ContentLength": len(self.objects[Key])}

    def get_object(self, *, Key: str, Range: str = "bytes=0-", **_: Any) -> Any:  # noqa: N803
        self.before_request()
        start, end = Range.removeprefix("bytes=").split("-")
        data = self.objects[Key][int(start) : int(end) + 1 if end else None]
        return {"Body": io.BytesIO(data)}

    def create_multipart_upload(self, **_: Any) -> dict[str, str]:
        self.before_request()
        upload_id = f"u{next(self._numbers)}"
        self.uploads[upload_id] = {}
        return {"UploadId": upload_id}

    def upload_part(self, *, UploadId: str, PartNumber: int, Body: bytes, **_: Any) -> Any:  # noqa: N803
        self.before_request()
        self._upload(UploadId)[PartNumber] = Body
        return {"ETag": _etag(Body), "ChecksumCRC32": "c"}

    def complete_multipart_upload(
        self,
        *,
        Key: str,  # noqa: N803 - S3's names
        UploadId: str,  # noqa: N803
        MultipartUpload: Any,  # noqa: N803
        **_: Any,
    ) -> dict[str, str]:
        """As S3 does it, the same request once more has the same response.

        https://github.com/adobe/S3Mock/issues/2586 has the test that shows it.
        """
        self.before_request()
        if UploadId in self._completed:
            request, response = self._completed[UploadId]
            if request == MultipartUpload:
                return response
        stored = self._upload(UploadId)
        for part in MultipartUpload["Parts"]:
            if part["ETag"] != _etag(stored[part["PartNumber"]]):
                raise _error("InvalidPart")
        numbers = [part["PartNumber"] for part in MultipartUpload["Parts"]]
        self.objects[Key] = b"".join(stored[number] for number in numbers)
        del self.uploads[UploadId]
        response = {"VersionId": _etag(self.objects[Key])}
        self._completed[UploadId] = MultipartUpload, response
        return response

    def abort_multipart_upload(self, *, UploadId: str, **_: Any) -> None:  # noqa: N803 - S3's names
        self._upload(UploadId)
        del self.uploads[UploadId]

    def get_paginator(self, _name: str) -> Storage:
        return self

    def paginate(
        self,
        *,
        ExpressionAttributeValues: Any,  # noqa: N803 - DynamoDB's names
        ConsistentRead: bool,  # noqa: N803
        **_: Any,
    ) -> Any:
        """Read the rejects of a chunk, which were written just before."""
        assert ConsistentRead
        self.before_request()
        return [{"Items": self.rejects[ExpressionAttributeValues[":chunk"]["S"]]}]

    def _upload(self, upload_id: str) -> dict[int, bytes]:
        if upload_id not in self.uploads:
            raise _error("NoSuchUpload")
        return self.uploads[upload_id]


def _etag(part: bytes) -> str:
    return hashlib.md5(part).hexdigest()  # noqa: S324 - as S3 does it


def _error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "Operation")
