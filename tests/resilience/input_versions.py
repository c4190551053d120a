"""What users do to the versions of an input by other means than an upload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from common import keys
from common.attempts import AttemptId, Marks, copy_metadata
from tests.resilience.environment import Environment


@dataclass(frozen=True)
class InputVersions:
    """Those of a Region's bucket, which may be out: then nothing is found, and nothing happens."""

    environment: Environment
    region: str

    def delete(self, key: str, *, is_for_good: bool) -> None:
        """Hide the key with a delete marker, or delete its oldest version."""
        try:
            oldest = self._list(key)[-1:] if is_for_good else []
            for version in oldest or [{}]:
                which = {"VersionId": version["VersionId"]} if version else {}
                self._s3.delete_object(Bucket=self._bucket, Key=key, **which)
        except (BotoCoreError, ClientError):
            return

    def restorable(self, key: str) -> tuple[bytes, Mapping[str, str], str] | None:
        """Content, metadata and id of the version to restore: the latest but the current one.

        It may be a copy of the system's own. The current one if there is no other; None if there is
        none at all.
        """
        try:
            versions = self._list(key)
            past = [version for version in versions if not version["IsLatest"]] or versions
            for version in past[:1]:
                version_id = version["VersionId"]
                response = self._s3.get_object(Bucket=self._bucket, Key=key, VersionId=version_id)
                return response["Body"].read(), response["Metadata"], version_id
        except (BotoCoreError, ClientError):
            pass
        return None

    def restore(self, key: str, version_id: str) -> str | None:
        """Copy the version onto its key; None if S3 refuses that, as for the current version.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/RestoringPreviousVersions.html
        """
        source = {"Bucket": self._bucket, "Key": key, "VersionId": version_id}
        try:
            response = self._s3.copy_object(Bucket=self._bucket, Key=key, CopySource=source)
        except (BotoCoreError, ClientError):
            return None
        return str(response["VersionId"])

    def forged_marks(self, key: str, number: int) -> dict[str, str]:
        """Metadata that claim to continue the run of the oldest version: all but the token."""
        try:
            versions = self._list(key)
        except (BotoCoreError, ClientError):
            versions = []
        origin = versions[-1]["VersionId"] if versions else "unknown"
        attempt = AttemptId(keys.run_id(key, origin), number)
        return copy_metadata(Marks(attempt, self.region, "forged"), origin)

    def _list(self, key: str) -> list[Any]:
        """Newest first."""
        page = self._s3.list_object_versions(Bucket=self._bucket, Prefix=key)
        return [version for version in page.get("Versions", []) if version["Key"] == key]

    @property
    def _s3(self) -> Any:
        return self.environment.cloud.client("s3", self.region)

    @property
    def _bucket(self) -> str:
        return self.environment.deployment.bucket(self.region)
