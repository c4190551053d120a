"""Ways to get an object through the Multi-Region Access Point."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class Links:
    """Links that work in either Region, for `seconds` at most."""

    def __init__(self, s3: S3Client, mrap_arn: str, seconds: int) -> None:
        self._s3 = s3
        self._mrap_arn = mrap_arn
        self.seconds = seconds

    def signed(self, key: str, version_id: str) -> str:
        """A presigned URL of exactly this version: a replica keeps its source's version id.

        An access point ARN makes the SDK sign with SigV4A, for all Regions. Signing is local, and
        the link needs s3:GetObjectVersion where it is followed. It dies with the function's
        temporary credentials, if they expire sooner than `seconds`.
        """
        where = {"Bucket": self._mrap_arn, "Key": key, "VersionId": version_id}
        return self._s3.generate_presigned_url("get_object", Params=where, ExpiresIn=self.seconds)

    def command(self, key: str) -> str | None:
        """The AWS CLI command for after the expiry; None if one line cannot show the key."""
        if not key.isprintable():
            return None
        return f"aws s3 cp {shlex.quote(f's3://{self._mrap_arn}/{key}')} ."
