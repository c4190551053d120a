"""Input versions in this Region's bucket: which there are, and copying one onto itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from boto3.s3.transfer import TransferConfig

from common import keys

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# CopyObject takes 5 GiB at most; above that boto3 copies in parts, several at once. Up to there an
# object is copied in one call, which keeps it one part, and its tags.
COPY = TransferConfig(multipart_threshold=5 * 1024**3, multipart_chunksize=512 * 1024**2)
# What an object has besides its user metadata; REPLACE would drop it.
KEPT = (
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "Expires",
)


class Version(NamedTuple):
    """One version of an input; `hidden` if its key has been deleted since."""

    key: str
    version_id: str
    size: int
    modified: datetime
    hidden: bool


class Bucket:
    """Errors are botocore's."""

    def __init__(self, s3: S3Client, name: str) -> None:
        self._s3 = s3
        self._name = name

    def has(self, key: str, version_id: str) -> bool:
        """By listing, since HeadObject answers 403 or 404, depending on permissions."""
        return any(
            one.version_id == version_id
            for page in self.versions(prefix=key)
            for one in page
            if one.key == key
        )

    def versions(self, prefix: str = keys.INPUT_PREFIX) -> Iterator[list[Version]]:
        """All pages of all versions, without the empty objects that consoles make as folders."""
        deleted: set[str] = set()
        pages = self._s3.get_paginator("list_object_versions").paginate(
            Bucket=self._name, Prefix=prefix
        )
        for page in pages:
            # The latest of a key comes first: a marker that hides it is known before it, or on
            # the page before.
            deleted |= {one["Key"] for one in page.get("DeleteMarkers", []) if one["IsLatest"]}
            yield [
                Version(
                    one["Key"],
                    one["VersionId"],
                    one["Size"],
                    one["LastModified"],
                    one["Key"] in deleted,
                )
                for one in page.get("Versions", [])
                if not (one["Key"].endswith("/") and one["Size"] == 0)
            ]

    def metadata(self, key: str, version_id: str) -> dict[str, str]:
        """The user metadata of a version."""
        return self._s3.head_object(Bucket=self._name, Key=key, VersionId=version_id)["Metadata"]

    def copy_onto_itself(self, key: str, version_id: str, marks: Mapping[str, str]) -> None:
        """A new version with the same bytes and metadata, and the marks besides.

        S3 refuses a copy onto itself that changes nothing; the changed metadata is what allows it.
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
        """
        head: Any = self._s3.head_object(Bucket=self._name, Key=key, VersionId=version_id)
        kept = {name: head[name] for name in KEPT if head.get(name)}
        self._s3.copy(
            {"Bucket": self._name, "Key": key, "VersionId": version_id},
            self._name,
            key,
            ExtraArgs={
                "MetadataDirective": "REPLACE",
                "Metadata": {**head["Metadata"], **marks},
                **kept,
            },
            Config=COPY,
        )
