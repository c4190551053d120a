"""Input versions in this Region's bucket, to look at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import ClientError

from common.runs import InputVersion

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")
RESTORED = 'ongoing-request="false"'


class InputUnavailable(Exception):
    """S3 refuses the version, now and if it is asked again. `outcome` says how to report it."""

    def __init__(self, outcome: Literal["missing", "unreadable"], reason: str) -> None:
        super().__init__(reason)
        self.outcome: Literal["missing", "unreadable"] = outcome


@dataclass(frozen=True)
class InputVersions:
    """Errors are botocore's, but for InputUnavailable."""

    s3: S3Client
    name: str

    def head(self, version: InputVersion) -> Any:
        """Return HeadObject's response for a version that can be read.

        Raises InputUnavailable if it is gone ("missing"), archived, or encrypted with a key that we
        do not have ("unreadable"). It costs one call, however many versions the bucket has.
        """
        with refusals():
            head: Any = self.s3.head_object(
                Bucket=self.name, Key=version.key, VersionId=version.version_id
            )
        is_archived = head.get("StorageClass") in ARCHIVES or "ArchiveStatus" in head
        if is_archived and RESTORED not in head.get("Restore", ""):
            raise InputUnavailable("unreadable", "the version is archived")
        return head

    def is_deleted(self, key: str) -> bool:
        """Tell whether the key is hidden by a delete marker."""
        try:
            with refusals():
                self.s3.head_object(Bucket=self.name, Key=key)
        except InputUnavailable as refusal:
            return refusal.outcome == "missing"
        return False


@contextmanager
def refusals() -> Iterator[None]:
    """Raise InputUnavailable for what S3 refuses; other errors may pass by themselves.

    403 for a version that does not exist means that the role lacks s3:ListBucket, which it has.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
    """
    try:
        yield
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if status == 404:
            raise InputUnavailable("missing", str(error)) from error
        if status in (400, 403):
            raise InputUnavailable("unreadable", str(error)) from error
        raise
