"""S3: which of its actions an operation needs, on bucket or object, and on the access point.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""

import re
from urllib.parse import parse_qs, unquote

from localcloud.gateway.identify import Call
from localcloud.iam.permissions.aws_list import is_action, resource_types
from localcloud.iam.permissions.model import Permission, Unmapped
from localcloud.iam.permissions.s3_keys import exists, keys_of, tags_of

# Where the action is not named after the operation.
ACTIONS = {
    **dict.fromkeys(
        ("CopyObject", "CreateMultipartUpload", "UploadPart", "UploadPartCopy",
         "CompleteMultipartUpload"),
        "PutObject",
    ),
    "HeadObject": "GetObject",
    **dict.fromkeys(("HeadBucket", "ListObjects", "ListObjectsV2"), "ListBucket"),
    "ListBuckets": "ListAllMyBuckets",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListParts": "ListMultipartUploadParts",
}  # fmt: skip
# The part of a bucket's settings in the operation → in the action.
NOUNS = {
    "BucketEncryption": "EncryptionConfiguration",
    "BucketLifecycle": "LifecycleConfiguration",
    "BucketLifecycleConfiguration": "LifecycleConfiguration",
    "BucketNotificationConfiguration": "BucketNotification",
    "BucketReplication": "ReplicationConfiguration",
    "PublicAccessBlock": "BucketPublicAccessBlock",
}
_READS = {"GetObject", "HeadObject"}
_COPIES = {"CopyObject", "UploadPartCopy"}
_MAKES_OBJECT = {"PutObject", "CopyObject", "CreateMultipartUpload"}
# A header of a request that makes an object → a further action.
_HEADERS = {
    "x-amz-tagging": "PutObjectTagging",
    "x-amz-acl": "PutObjectAcl",
    "x-amz-grant-full-control": "PutObjectAcl",
}


def required_permissions(call: Call) -> list[Permission]:
    if call.name == "DeleteObjects":
        return _deletions(call)
    action = action_of(call.name)
    types = resource_types("s3", action)
    if not ({"bucket", "object"} & set(types) or call.name == "ListBuckets"):
        raise Unmapped(f"s3:{action}")
    if not types:
        return [Permission(f"s3:{action}", "*")]
    key = call.path_params["Key"] if "object" in types else None
    on_bucket: list[tuple[str, str | None]] = [(action, None)]
    actions = on_bucket if key is None else _on_object(call, action, key)
    return [*_copied(call), *_located(call, call.path_params["Bucket"], actions)]


def _deletions(call: Call) -> list[Permission]:
    """Each entry of DeleteObjects is judged by itself."""
    start, keys = f"arn:aws:s3:::{call.path_params['Bucket']}/", keys_of(call)
    actions = [
        ("s3:DeleteObjectVersion" if entry.get("VersionId") else "s3:DeleteObject", entry["Key"])
        for entry in call.params["Delete"]["Objects"]
    ]
    return [
        Permission(action, start + key, keys, part) for part, (action, key) in enumerate(actions)
    ]


def action_of(operation: str) -> str:
    """The action of an operation on a bucket or an object, by its name alone."""
    if operation in ACTIONS:
        return ACTIONS[operation]
    verb = re.split(r"(?<=[a-z])(?=[A-Z])", operation)[0]
    noun = operation.removeprefix(verb)
    noun = NOUNS.get(noun, noun)
    # Most settings of a bucket are deleted with the permission to put them.
    is_put = verb == "Delete" and not is_action("s3", verb + noun)
    return f"Put{noun}" if is_put else verb + noun


def _on_object(call: Call, action: str, key: str) -> list[tuple[str, str | None]]:
    actions = [_versioned(call, action)]
    header = call.request.header
    if call.name in _MAKES_OBJECT:
        actions += dict.fromkeys(also for name, also in _HEADERS.items() if header(name))
    if call.name == "GetObjectAttributes":
        actions.append(_versioned(call, "GetObject"))
    if call.name == "CopyObject" and _copies_tags(call):
        actions.append("PutObjectTagging")
    on_object: list[tuple[str, str | None]] = [(action, key) for action in actions]
    version_id = call.params.get("VersionId")
    if call.name in _READS and not exists(call.path_params["Bucket"], key, version_id):
        # Without the right to list, S3 answers 403 for a missing key, not 404.
        on_object.append(("ListBucket", None))
    return on_object


def _versioned(call: Call, action: str) -> str:
    """Reading and deleting a certain version are actions of their own."""
    versioned = action.replace("Object", "ObjectVersion", 1)
    names_version = "versionId" in call.request.query
    return versioned if names_version and is_action("s3", versioned) else action


def _source(call: Call) -> tuple[str, str, str | None]:
    """Bucket, key and version, if one is named, from ``x-amz-copy-source``."""
    path, _, query = call.request.header("x-amz-copy-source").partition("?")
    bucket, _, key = unquote(path).lstrip("/").partition("/")
    if bucket.startswith("arn:"):
        raise Unmapped("a copy from an access point")
    return bucket, key, parse_qs(query).get("versionId", [None])[0]


def _copies_tags(call: Call) -> bool:
    directive = call.request.header("x-amz-tagging-directive") or "COPY"
    return directive == "COPY" and bool(tags_of(*_source(call)))


def _copied(call: Call) -> list[Permission]:
    if call.name not in _COPIES:
        return []
    bucket, key, version_id = _source(call)
    actions = ["GetObjectVersion" if version_id else "GetObject"]
    if call.name == "CopyObject" and _copies_tags(call):
        actions.append("GetObjectVersionTagging" if version_id else "GetObjectTagging")
    arn, keys = f"arn:aws:s3:::{bucket}/{key}", keys_of(call, (bucket, key, version_id))
    permissions = [Permission(f"s3:{action}", arn, keys) for action in actions]
    if not exists(bucket, key, version_id):
        permissions.append(Permission("s3:ListBucket", f"arn:aws:s3:::{bucket}"))
    return permissions


def _located(call: Call, bucket: str, actions: list[tuple[str, str | None]]) -> list[Permission]:
    """On the bucket, and through a Multi-Region Access Point on that as well.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPointPermissions.html
    """
    keys = keys_of(call)
    permissions = []
    for action, key in actions:
        if via := call.request.via:
            resource = via if key is None else f"{via}/object/{key}"
            permissions.append(Permission(f"s3:{action}", resource, keys))
        resource = f"arn:aws:s3:::{bucket}" + ("" if key is None else f"/{key}")
        permissions.append(Permission(f"s3:{action}", resource, keys))
    return permissions
