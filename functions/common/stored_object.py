"""Reads an S3 object by ranges of bytes: each as a whole, and again if its stream breaks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError, HTTPClientError, IncompleteReadError
from urllib3.exceptions import HTTPError

from common.parallel import map_in_order

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

RANGE_BYTES = 4 * 1024 * 1024
# In memory at the same time. At 25 ms a request they are 640 MiB a second, more than Lambda gets.
RANGES_AHEAD = 4
# botocore repeats a request, but nothing once the headers of the response have come. These are the
# errors of a body that breaks off, which s3transfer takes for a reason to read it again, too:
# https://github.com/boto/s3transfer/blob/develop/s3transfer/utils.py S3_RETRYABLE_DOWNLOAD_ERRORS
# botocore does not translate all errors of urllib3, such as those of TLS.
BROKEN_STREAM = (IncompleteReadError, HTTPClientError, HTTPError, OSError)
TRIES = 5


class RangeMissing(Exception):
    """The object ends before the range does."""


@dataclass(frozen=True)
class StoredObject:
    """An object, or a version of it."""

    s3: S3Client
    bucket: str
    key: str
    version_id: str = ""

    def size(self) -> int:
        """Return its number of bytes."""
        return self.s3.head_object(**self._name())["ContentLength"]  # type: ignore[arg-type]

    def read_all(self) -> bytes:
        """Return all bytes of an object that is known to be small."""
        return self._read()

    def read(self, start: int, size: int) -> bytes:
        """Return `size` bytes, at least one, from `start` on. Raises RangeMissing."""
        try:
            data = self._read(Range=f"bytes={start}-{start + size - 1}")
        except ClientError as error:
            if error.response["Error"]["Code"] == "InvalidRange":
                raise RangeMissing(f"{self.key} ends before byte {start}") from None
            raise
        # S3 answers with what there is: https://www.rfc-editor.org/rfc/rfc9110#section-14.1.2
        if len(data) != size:
            raise RangeMissing(f"{self.key} has {len(data)} of {size} bytes from byte {start} on")
        return data

    def ranges(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes from `start` to `end` in order, and read some ranges ahead."""
        ranges = ((at, min(RANGE_BYTES, end - at)) for at in range(start, end, RANGE_BYTES))
        return map_in_order(lambda pair: self.read(*pair), ranges, RANGES_AHEAD, RANGES_AHEAD)

    def _read(self, **byte_range: str) -> bytes:
        for _ in range(TRIES - 1):
            with suppress(*BROKEN_STREAM):
                return self._body(byte_range)
        return self._body(byte_range)

    def _body(self, byte_range: dict[str, str]) -> bytes:
        response = self.s3.get_object(**self._name(), **byte_range)  # type: ignore[arg-type]
        return response["Body"].read()

    def _name(self) -> dict[str, str]:
        name = {"Bucket": self.bucket, "Key": self.key}
        return name | {"VersionId": self.version_id} if self.version_id else name
