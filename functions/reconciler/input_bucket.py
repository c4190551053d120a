"""The input versions in this Region's bucket: looks at one, and copies one onto itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from boto3.s3.transfer import TransferConfig

from common.input_versions import InputVersions, refusals
from common.runs import InputVersion

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# CopyObject takes 5 GiB at most; above that boto3 copies in parts, several at once. A smaller
# object is copied by one call, so that it stays one part and keeps its tags.
MAX_SINGLE_COPY = 5 * 1024**3
COPY = TransferConfig(multipart_threshold=MAX_SINGLE_COPY, multipart_chunksize=512 * 1024**2)
# System metadata that a copy with MetadataDirective=REPLACE would drop.
SYSTEM_METADATA = (
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "ContentType",
    "Expires",
)


@dataclass(frozen=True)
class InputBucket(InputVersions):
    """Errors are botocore's, but for InputUnavailable. `copier` sends each request once."""

    copier: S3Client

    def copy_onto_itself(
        self, version: InputVersion, head: Any, metadata: Mapping[str, str]
    ) -> str | None:
        """Make a new version with the same bytes and metadata, and `metadata` added.

        Return its id; None if it was copied in parts, for which boto3 returns none. S3 refuses a
        copy onto itself that changes nothing; the changed metadata make it possible:
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
        Raises InputUnavailable if S3 refused it, and then no copy was made. It is not repeated when
        its response is lost: the second version, with the same marks, would pass for a restored
        copy. In parts it may be: only the last call makes a version, and once for an upload's id.
        """
        source: Any = {
            "Bucket": self.name,
            "Key": version.key,
            "VersionId": version.version_id,
        }
        changes: Any = {name: head[name] for name in SYSTEM_METADATA if head.get(name)}
        changes["MetadataDirective"] = "REPLACE"
        changes["Metadata"] = {**head["Metadata"], **metadata}
        with refusals():
            if head["ContentLength"] <= MAX_SINGLE_COPY:
                response = self.copier.copy_object(
                    Bucket=self.name, Key=version.key, CopySource=source, **changes
                )
                return response["VersionId"]
            self.s3.copy(source, self.name, version.key, ExtraArgs=changes, Config=COPY)
            return None
