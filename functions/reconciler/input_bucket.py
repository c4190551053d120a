"""The input versions in this Region's bucket: lists them, and copies one onto itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from boto3.s3.transfer import TransferConfig

from common import keys

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# CopyObject takes 5 GiB at most; above that boto3 copies in parts, several at once. A smaller
# object is copied by one call, so that it stays one part and keeps its tags.
COPY = TransferConfig(multipart_threshold=5 * 1024**3, multipart_chunksize=512 * 1024**2)
# System metadata that a copy with MetadataDirective=REPLACE would drop.
SYSTEM_METADATA = (
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "Expires",
)


class Version(NamedTuple):
    """One version of an input; `is_deleted` if its key has been deleted since."""

    key: str
    version_id: str
    size: int
    modified: datetime
    is_deleted: bool


@dataclass(frozen=True)
class InputBucket:
    """Errors are botocore's."""

    s3: S3Client
    name: str

    def has(self, key: str, version_id: str) -> bool:
        """List to find out, since HeadObject answers 403 or 404, depending on permissions."""
        return any(
            (version.key, version.version_id) == (key, version_id)
            for page in self.versions(prefix=key)
            for version in page
        )

    def versions(self, prefix: str = keys.INPUT_PREFIX) -> Iterator[list[Version]]:
        """Yield pages of all versions, without the empty objects that consoles make for folders."""
        deleted: set[str] = set()
        pages = self.s3.get_paginator("list_object_versions").paginate(
            Bucket=self.name, Prefix=prefix
        )
        for page in pages:
            # The latest version of a key comes first, so a delete marker that hides the key is on
            # the same page or on an earlier one.
            markers = page.get("DeleteMarkers", [])
            deleted |= {marker["Key"] for marker in markers if marker["IsLatest"]}
            yield [
                Version(
                    version["Key"],
                    version["VersionId"],
                    version["Size"],
                    version["LastModified"],
                    version["Key"] in deleted,
                )
                for version in page.get("Versions", [])
                if not (version["Key"].endswith("/") and version["Size"] == 0)
            ]

    def metadata(self, key: str, version_id: str) -> dict[str, str]:
        """Return the user metadata of a version."""
        return self.s3.head_object(Bucket=self.name, Key=key, VersionId=version_id)["Metadata"]

    def copy_onto_itself(self, key: str, version_id: str, metadata: Mapping[str, str]) -> None:
        """Make a new version with the same bytes and metadata, and `metadata` added.

        S3 refuses a copy onto itself that changes nothing; the changed metadata make it possible:
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
        """
        head: Any = self.s3.head_object(Bucket=self.name, Key=key, VersionId=version_id)
        preserved = {name: head[name] for name in SYSTEM_METADATA if head.get(name)}
        self.s3.copy(
            {"Bucket": self.name, "Key": key, "VersionId": version_id},
            self.name,
            key,
            ExtraArgs={
                "MetadataDirective": "REPLACE",
                "Metadata": {**head["Metadata"], **metadata},
                **preserved,
            },
            Config=COPY,
        )
