"""Amazon S3: buckets and their policies."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from localcloud.cloudformation.resources import s3_shapes
from localcloud.cloudformation.resources.provider import (
    Props,
    ResourceType,
    Site,
    changed,
    gone,
    names,
)

Step = Callable[[Any, str, Any], None]


def _versioning(s3: Any, bucket: str, value: Any) -> None:
    status = (value or {}).get("Status", "Suspended")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


def _ownership(s3: Any, bucket: str, value: Any) -> None:
    if value is None:
        s3.delete_bucket_ownership_controls(Bucket=bucket)
    else:
        s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=value)


def _public_access(s3: Any, bucket: str, value: Any) -> None:
    if value is None:
        s3.delete_public_access_block(Bucket=bucket)
    else:
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=value)


def _encryption(s3: Any, bucket: str, value: Any) -> None:
    if value is None:
        s3.delete_bucket_encryption(Bucket=bucket)
    else:
        s3.put_bucket_encryption(
            Bucket=bucket, ServerSideEncryptionConfiguration=s3_shapes.encryption(value)
        )


def _lifecycle(s3: Any, bucket: str, value: Any) -> None:
    if value is None:
        s3.delete_bucket_lifecycle(Bucket=bucket)
    else:
        s3.put_bucket_lifecycle_configuration(
            Bucket=bucket, LifecycleConfiguration=s3_shapes.lifecycle(value)
        )


def _replication(s3: Any, bucket: str, value: Any) -> None:
    if value is None:
        s3.delete_bucket_replication(Bucket=bucket)
    else:
        s3.put_bucket_replication(
            Bucket=bucket, ReplicationConfiguration=s3_shapes.replication(value)
        )


def _notification(s3: Any, bucket: str, value: Any) -> None:
    made = s3_shapes.notification(value or {})
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=made)


def _tags(s3: Any, bucket: str, value: Any) -> None:
    if value:
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": value})
    else:
        s3.delete_bucket_tagging(Bucket=bucket)


# In this order: replication wants versioning to be on.
_STEPS: dict[str, Step] = {
    "VersioningConfiguration": _versioning,
    "OwnershipControls": _ownership,
    "PublicAccessBlockConfiguration": _public_access,
    "BucketEncryption": _encryption,
    "LifecycleConfiguration": _lifecycle,
    "ReplicationConfiguration": _replication,
    "NotificationConfiguration": _notification,
    "Tags": _tags,
}


class Bucket(ResourceType):
    type = "AWS::S3::Bucket"
    named_by = "BucketName"
    consumes = frozenset({"BucketName", *_STEPS})

    def create(self, site: Site, props: Props) -> str:
        name: str = props.get("BucketName") or site.name(63, lower=True)
        s3 = site.client("s3")
        site.must_be_new(name, s3.head_bucket, Bucket=name)
        where = {}
        if site.region != "us-east-1":
            where = {"CreateBucketConfiguration": {"LocationConstraint": site.region}}
        s3.create_bucket(Bucket=name, **where)
        site.created(name)
        for key, step in _STEPS.items():
            if key in props:
                step(s3, name, props[key])
        return name

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        domain = "amazonaws.com"
        return {
            "Arn": f"arn:aws:s3:::{physical_id}",
            "DomainName": f"{physical_id}.s3.{domain}",
            "DualStackDomainName": f"{physical_id}.s3.dualstack.{site.region}.{domain}",
            "RegionalDomainName": f"{physical_id}.s3.{site.region}.{domain}",
            "WebsiteURL": f"http://{physical_id}.s3-website-{site.region}.{domain}",
        }

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        s3 = site.client("s3")
        for key, step in _STEPS.items():
            if changed(old, new, key):
                step(s3, physical_id, new.get(key))

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        gone(site.client("s3").delete_bucket, "NoSuchBucket", Bucket=physical_id)


class BucketPolicy(ResourceType):
    type = "AWS::S3::BucketPolicy"
    consumes = names("Bucket PolicyDocument")

    def create(self, site: Site, props: Props) -> str:
        bucket: str = props["Bucket"]
        look = site.client("s3").get_bucket_policy
        site.must_be_new(f"The bucket policy of bucket {bucket}", look, Bucket=bucket)
        self._put(site, bucket, props)
        return bucket

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:  # noqa: ARG002
        self._put(site, physical_id, new)

    def _put(self, site: Site, bucket: str, props: Props) -> None:
        document = json.dumps(props["PolicyDocument"])
        site.client("s3").put_bucket_policy(Bucket=bucket, Policy=document)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        gone(
            site.client("s3").delete_bucket_policy,
            "NoSuchBucket",
            "NoSuchBucketPolicy",
            Bucket=physical_id,
        )


TYPES = (Bucket, BucketPolicy)
