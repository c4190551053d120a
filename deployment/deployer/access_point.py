"""What goes through the access point: a file as users upload it, and which version it became."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from common import keys
from common.visible_text import visible

from . import console
from .any_region import current_account
from .aws import Aws
from .errors import DeployError
from .plan import Plan
from .stack_info import deployed_outputs

Versions = dict[str, dict[str, datetime]]  # by Region: when each version was stored


def upload_file(aws: Aws, plan: Plan, file: Path, key: str) -> str:
    """Upload the file by the AWS CLI, which shows its progress on a terminal.

    Return the id of its run. Raises DeployError if the file was not uploaded.
    """
    mrap_arn = deployed_outputs(aws, plan.shared)["MrapArn"]
    account = current_account(aws, plan)
    before = _versions(aws, plan, account, key)
    _copy(file, f"s3://{mrap_arn}/{key}")
    after = _versions(aws, plan, account, key)
    return keys.run_id(key, _new_version(before, after, key))


def try_access_point(mrap_arn: str, key: str) -> None:
    """Write an empty object through the access point. Raises DeployError if that is refused.

    Which ARN S3 compares with the NotResource of a bucket's policy is documented for requests to
    the bucket, and not for those through an access point.
    """
    _run_cli(
        ["s3api", "put-object", "--bucket", mrap_arn, "--key", key, "--output", "text"],
        "the access point takes no upload",
        subprocess.DEVNULL,
    )


def _copy(file: Path, target: str) -> None:
    """The path is absolute, so that no name of a file is an option or an address of S3."""
    options = [] if sys.stdout.isatty() else ["--no-progress"]
    failure = f"{visible(file.name)} was not uploaded"
    _run_cli(["s3", "cp", *options, str(file.absolute()), target], failure)


def _run_cli(arguments: list[str], failure: str, stdout: int | None = None) -> None:
    """Raises DeployError with the failure and what the AWS CLI says."""
    try:
        process = subprocess.run(  # noqa: S603 - no shell reads the arguments
            ["aws", *arguments],  # noqa: S607
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            check=False,
        )
    except FileNotFoundError:
        raise DeployError("FAILED: aws is not on the PATH: see make check.") from None
    if process.returncode:
        raise DeployError(f"FAILED: {failure}: {' '.join(process.stderr.split())}")


def _versions(aws: Aws, plan: Plan, account: str, key: str) -> Versions:
    """Return the versions of the key in each bucket that answers."""
    versions: Versions = {}
    for region in plan.settings.regions:
        try:
            versions[region] = _versions_in(aws, region, plan.bucket(account, region), key)
        except (BotoCoreError, ClientError) as error:
            console.error(f"  the bucket of {region} does not show its versions: {error}")
    return versions


def _versions_in(aws: Aws, region: str, bucket: str, key: str) -> dict[str, datetime]:
    pages = aws.client("s3", region).get_paginator("list_object_versions")
    return {
        version["VersionId"]: version["LastModified"]
        for page in pages.paginate(Bucket=bucket, Prefix=key)
        for version in page.get("Versions", [])
        if version["Key"] == key
    }


def _new_version(before: Versions, after: Versions, key: str) -> str:
    """Return the latest version that no bucket had before. A replica has the id of its source.

    Neither the access point nor the AWS CLI tells which version they have stored. If somebody else
    uploads to the same key at the same time, it may be theirs.
    """
    known = {version for versions in before.values() for version in versions}
    new = {
        version: stored
        for region in before.keys() & after.keys()
        for version, stored in after[region].items()
        if version not in known
    }
    if not new:
        raise DeployError(
            f"{visible(key)} is uploaded, but neither bucket shows its version, so the id of its "
            "run is not known: see make status, which shows the files in flight."
        )
    return max(new, key=lambda version: new[version])
