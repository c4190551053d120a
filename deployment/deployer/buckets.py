"""A bucket that is to go: nothing new arrives, and every version in it goes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from .cloud import Cloud
from .console import Clock, say


def silence(cloud: Cloud, bucket: str, region: str) -> None:
    """No events and no replication any more; nothing to do if there is no such bucket."""
    s3 = cloud.client("s3", region)
    if _exists(s3, bucket):
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})
        s3.delete_bucket_replication(Bucket=bucket)


def empty(cloud: Cloud, bucket: str, region: str, prefix: str = "") -> None:
    """Every version and delete marker whose key begins so, and every unfinished upload."""
    s3 = cloud.client("s3", region)
    if not _exists(s3, bucket):
        return
    clock, gone = Clock(), 0
    for versions in _pages(s3, bucket, prefix):
        answer = s3.delete_objects(Bucket=bucket, Delete={"Quiet": True, "Objects": versions})
        if errors := answer.get("Errors"):
            raise ClientError({"Error": errors[0]}, "DeleteObjects")
        gone += len(versions)
        if clock.due():
            say(f"emptying {bucket}/{prefix}: {gone} versions, {clock.seconds} s")
    _abort_uploads(s3, bucket, prefix)
    if gone:
        say(f"{bucket}/{prefix} emptied: {gone} versions, {clock.seconds} s")


def _pages(s3: Any, bucket: str, prefix: str) -> Iterator[list[dict[str, str]]]:
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if found:
            yield [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found]


def _abort_uploads(s3: Any, bucket: str, prefix: str) -> None:
    pages = s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        for one in page.get("Uploads", []):
            s3.abort_multipart_upload(Bucket=bucket, Key=one["Key"], UploadId=one["UploadId"])


def _exists(s3: Any, bucket: str) -> bool:
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchBucket"):
            return False
        raise
    return True
