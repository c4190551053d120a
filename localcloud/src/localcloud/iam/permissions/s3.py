"""S3: which of its actions an operation needs, on bucket or object, and on the access point.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""

from __future__ import annotations

from urllib.parse import unquote

from localcloud.gateway.identify import Call
from localcloud.iam.permissions.model import Permission, Unmapped
from localcloud.iam.permissions.s3_keys import keys_of
from localcloud.iam.permissions.s3_state import is_tagged, is_there

# Where the action is not named after the operation.
_OBJECT = {
    **{name: name for name in (
        "GetObject", "PutObject", "DeleteObject", "GetObjectTagging", "PutObjectTagging",
        "DeleteObjectTagging", "GetObjectAcl", "PutObjectAcl", "AbortMultipartUpload",
        "GetObjectRetention", "PutObjectRetention", "GetObjectLegalHold", "PutObjectLegalHold",
        "RestoreObject", "GetObjectTorrent",
    )},
    "HeadObject": "GetObject",
    "SelectObjectContent": "GetObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "ListParts": "ListMultipartUploadParts",
    "GetObjectAttributes": "GetObjectAttributes",
}  # fmt: skip
_WITH_VERSION = {
    "GetObject": "GetObjectVersion",
    "DeleteObject": "DeleteObjectVersion",
    "GetObjectTagging": "GetObjectVersionTagging",
    "PutObjectTagging": "PutObjectVersionTagging",
    "DeleteObjectTagging": "DeleteObjectVersionTagging",
    "GetObjectAcl": "GetObjectVersionAcl",
    "PutObjectAcl": "PutObjectVersionAcl",
    "GetObjectAttributes": "GetObjectVersionAttributes",
}
_BUCKET = {
    **{name: name for name in (
        "CreateBucket", "DeleteBucket", "GetBucketLocation", "GetBucketVersioning",
        "PutBucketVersioning", "GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy",
        "GetBucketPolicyStatus", "GetBucketTagging", "PutBucketTagging", "GetBucketAcl",
        "PutBucketAcl", "GetBucketLogging", "PutBucketLogging", "GetBucketWebsite",
        "PutBucketWebsite", "GetBucketRequestPayment", "GetBucketOwnershipControls",
        "PutBucketOwnershipControls",
    )},
    "HeadBucket": "ListBucket",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "GetBucketReplication": "GetReplicationConfiguration",
    "PutBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "GetBucketCors": "GetBucketCORS",
    "PutBucketCors": "PutBucketCORS",
    "DeleteBucketCors": "PutBucketCORS",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "GetBucketIntelligentTieringConfiguration": "GetIntelligentTieringConfiguration",
    "GetBucketMetricsConfiguration": "GetMetricsConfiguration",
    "PutBucketMetricsConfiguration": "PutMetricsConfiguration",
}  # fmt: skip
_READS = {"GetObject", "HeadObject"}
_COPIES = {"CopyObject", "UploadPartCopy"}


def required_permissions(call: Call, account: str) -> list[Permission]:  # noqa: ARG001 - a mapper's signature
    name, bucket = call.name, call.path_params.get("Bucket")
    if name == "ListBuckets":
        return [Permission("s3:ListAllMyBuckets", "*")]
    if bucket is None:
        raise Unmapped("no bucket")
    wanted: list[tuple[str, str | None]]
    if name in _OBJECT:
        wanted = [(action, call.path_params["Key"]) for action in _on_object(call)]
        if name in _READS and not is_there(bucket, call.path_params["Key"]):
            # Without the right to list, S3 does not tell that a key is missing: 403, not 404.
            wanted.append(("ListBucket", None))
    elif name == "DeleteObjects":
        wanted = _batch_of_deletes(call)
    elif name in _BUCKET:
        wanted = [(_BUCKET[name], None)]
    else:
        raise Unmapped(f"s3:{name}")
    return [*_copied(call), *_located(call, bucket, wanted)]


def _on_object(call: Call) -> list[str]:
    action = _OBJECT[call.name]
    if "versionId" in call.request.query and action in _WITH_VERSION:
        action = _WITH_VERSION[action]
    actions = [action]
    header = call.request.header
    if action == "PutObject" and call.name in ("PutObject", "CopyObject", "CreateMultipartUpload"):
        if header("x-amz-tagging"):
            actions.append("PutObjectTagging")
        if header("x-amz-acl") or header("x-amz-grant-full-control"):
            actions.append("PutObjectAcl")
        if header("x-amz-object-lock-mode"):
            actions.append("PutObjectRetention")
        if header("x-amz-object-lock-legal-hold"):
            actions.append("PutObjectLegalHold")
    if call.name == "GetObjectAttributes":
        actions.append("GetObjectVersion" if "versionId" in call.request.query else "GetObject")
    if call.name == "CopyObject" and _copies_tags(call):
        actions.append("PutObjectTagging")
    if call.name == "DeleteObject" and header("x-amz-bypass-governance-retention"):
        actions.append("BypassGovernanceRetention")
    return actions


def _batch_of_deletes(call: Call) -> list[tuple[str, str | None]]:
    return [
        ("DeleteObjectVersion" if one.get("VersionId") else "DeleteObject", str(one["Key"]))
        for one in call.params["Delete"]["Objects"]
    ]


def _source(call: Call) -> tuple[str, str, bool]:
    """Bucket, key and whether a version is named, from ``x-amz-copy-source``."""
    path, _, query = call.request.header("x-amz-copy-source").partition("?")
    bucket, _, key = unquote(path).lstrip("/").partition("/")
    if bucket.startswith("arn:"):
        raise Unmapped("a copy from an access point")
    return bucket, key, "versionId=" in query


def _copies_tags(call: Call) -> bool:
    bucket, key, _ = _source(call)
    directive = call.request.header("x-amz-tagging-directive") or "COPY"
    return directive == "COPY" and is_tagged(bucket, key)


def _copied(call: Call) -> list[Permission]:
    if call.name not in _COPIES:
        return []
    bucket, key, version = _source(call)
    actions = ["GetObjectVersion" if version else "GetObject"]
    if call.name == "CopyObject" and _copies_tags(call):
        actions.append("GetObjectVersionTagging" if version else "GetObjectTagging")
    needed = [
        Permission(f"s3:{one}", f"arn:aws:s3:::{bucket}/{key}", keys_of(call)) for one in actions
    ]
    if not is_there(bucket, key):
        needed.append(Permission("s3:ListBucket", f"arn:aws:s3:::{bucket}"))
    return needed


def _located(call: Call, bucket: str, wanted: list[tuple[str, str | None]]) -> list[Permission]:
    """On the bucket, and through a Multi-Region Access Point on that as well.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPointPermissions.html
    """
    keys = keys_of(call)
    found = []
    for action, key in wanted:
        if via := call.request.via:
            resource = via if key is None else f"{via}/object/{key}"
            found.append(Permission(f"s3:{action}", resource, keys))
        resource = f"arn:aws:s3:::{bucket}" + ("" if key is None else f"/{key}")
        found.append(Permission(f"s3:{action}", resource, keys))
    return found
