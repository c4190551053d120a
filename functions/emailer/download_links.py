"""How to download an object through the Multi-Region Access Point."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from common.visible_text import visible

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True)
class DownloadLinks:
    """Links that work in either Region, for `seconds` at most."""

    s3: S3Client
    mrap_arn: str
    seconds: int

    def presigned_url(self, key: str, version_id: str) -> str:
        """Return the URL of exactly this version; a replica has the version id of its source.

        An access point's ARN makes the SDK sign by SigV4A, for all Regions. Signing needs no call;
        following the link needs s3:GetObjectVersion. The link dies with the temporary credentials
        of the function, if they expire sooner than `seconds`.
        """
        params = {"Bucket": self.mrap_arn, "Key": key, "VersionId": version_id}
        return self.s3.generate_presigned_url("get_object", Params=params, ExpiresIn=self.seconds)

    def cli_command(self, key: str) -> str | None:
        """Return an AWS CLI command that needs no link; None for a key with invisible characters.

        Nobody could type them.
        """
        if visible(key) != key:
            return None
        return f"aws s3 cp {shlex.quote(f's3://{self.mrap_arn}/{key}')} ."
