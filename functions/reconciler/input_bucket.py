"""The input versions in this Region's bucket: looks at one, and copies one onto itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from common.runs import InputVersion
from reconciler.report import Outcome

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# CopyObject takes 5 GiB at most; above that boto3 copies in parts, several at once. A smaller
# object is copied by one call, so that it stays one part and keeps its tags.
MAX_SINGLE_COPY = 5 * 1024**3
COPY = TransferConfig(multipart_threshold=MAX_SINGLE_COPY, multipart_chunksize=512 * 1024**2)
ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")
RESTORED = 'ongoing-request="false"'
# System metadata that a copy with MetadataDirective=REPLACE would drop.
SYSTEM_METADATA = (
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "Expires",
)


class InputUnavailable(Exception):
    """S3 refuses the version, now and if it is asked again. `outcome` says how to report it."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome


@dataclass(frozen=True)
class InputBucket:
    """Errors are botocore's, but for InputUnavailable."""

    s3: S3Client
    name: str

    def head(self, version: InputVersion) -> Any:
        """Return HeadObject's response for a version that can be read.

        Raises InputUnavailable if it is gone ("missing"), archived, or encrypted with a key that we
        do not have ("unreadable"). It costs one call, however many versions the bucket has.
        """
        with _refusals():
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
            with _refusals():
                self.s3.head_object(Bucket=self.name, Key=key)
        except InputUnavailable as refusal:
            return refusal.outcome == "missing"
        return False

    def copy_onto_itself(
        self, version: InputVersion, head: Any, metadata: Mapping[str, str]
    ) -> str | None:
        """Make a new version with the same bytes and metadata, and `metadata` added.

        Return its id; None if it was copied in parts, for which boto3 returns none. S3 refuses a
        copy onto itself that changes nothing; the changed metadata make it possible:
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
        Raises InputUnavailable if S3 refused it, and then no copy was made.
        """
        source: Any = {
            "Bucket": self.name,
            "Key": version.key,
            "VersionId": version.version_id,
        }
        changes: Any = {name: head[name] for name in SYSTEM_METADATA if head.get(name)}
        changes["MetadataDirective"] = "REPLACE"
        changes["Metadata"] = {**head["Metadata"], **metadata}
        with _refusals():
            if head["ContentLength"] <= MAX_SINGLE_COPY:
                response = self.s3.copy_object(
                    Bucket=self.name, Key=version.key, CopySource=source, **changes
                )
                return response["VersionId"]
            self.s3.copy(source, self.name, version.key, ExtraArgs=changes, Config=COPY)
            return None


@contextmanager
def _refusals() -> Iterator[None]:
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
