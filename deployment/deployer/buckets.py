"""Deletes versions, and prepares a bucket for its deletion: no new objects arrive either."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from . import console
from .aws import Aws
from .console import Stopwatch


def stop_events(aws: Aws, bucket: str, region: str) -> None:
    """Turn off notifications and replication; a missing bucket is no error."""
    s3 = aws.client("s3", region)
    if _exists(s3, bucket):
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})
        s3.delete_bucket_replication(Bucket=bucket)


def empty(aws: Aws, bucket: str, region: str, prefix: str = "") -> None:
    """Delete every version, delete marker and unfinished upload whose key has the prefix."""
    s3 = aws.client("s3", region)
    if not _exists(s3, bucket):
        return
    stopwatch = Stopwatch()
    deleted = delete_versions(s3, bucket, prefix)
    _abort_uploads(s3, bucket, prefix)
    if deleted:
        console.info(f"{bucket}/{prefix} emptied: {deleted} versions, {stopwatch.seconds} s")


def delete_versions(s3: Any, bucket: str, prefix: str) -> int:
    """Delete every version and delete marker whose key has the prefix; return their number."""
    stopwatch, deleted = Stopwatch(), 0
    for versions in _pages(s3, bucket, prefix):
        response = s3.delete_objects(Bucket=bucket, Delete={"Quiet": True, "Objects": versions})
        if errors := response.get("Errors"):
            raise ClientError({"Error": errors[0]}, "DeleteObjects")
        deleted += len(versions)
        if stopwatch.is_report_due():
            console.info(f"emptying {bucket}/{prefix}: {deleted} versions, {stopwatch.seconds} s")
    return deleted


def clean_up(aws: Aws, bucket: str, region: str, prefix: str) -> None:
    """Delete what a trial has left; say so if that fails, since the trial's result matters more."""
    try:
        delete_versions(aws.client("s3", region), bucket, prefix)
    except (BotoCoreError, ClientError) as error:
        console.info(f"warning {bucket}/{prefix} was not deleted: {error}")


def _pages(s3: Any, bucket: str, prefix: str) -> Iterator[list[dict[str, str]]]:
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        versions = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if versions:
            yield [{name: version[name] for name in ("Key", "VersionId")} for version in versions]


def _abort_uploads(s3: Any, bucket: str, prefix: str) -> None:
    pages = s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        for upload in page.get("Uploads", []):
            s3.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])


def _exists(s3: Any, bucket: str) -> bool:
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchBucket"):
            return False
        raise
    return True
