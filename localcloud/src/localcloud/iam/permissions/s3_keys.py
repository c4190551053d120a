"""S3's own condition keys.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from moto.backends import get_backend
from moto.s3.models import FakeKey

from localcloud.gateway.identify import Call
from localcloud.iam.context import Keys

_QUERY = {
    "s3:prefix": "prefix",
    "s3:delimiter": "delimiter",
    "s3:max-keys": "max-keys",
    "s3:VersionId": "versionId",
}
_HEADERS = (
    "x-amz-acl", "x-amz-content-sha256", "x-amz-copy-source", "x-amz-metadata-directive",
    "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-storage-class",
)  # fmt: skip
# The actions that look at the tags of an object, by operation.
_ON_TAGGED = {
    "CopyObject", "DeleteObjectTagging", "GetObject", "GetObjectAttributes", "GetObjectTagging",
    "HeadObject", "PutObjectTagging",
}  # fmt: skip


def keys_of(call: Call, source: tuple[str, str, str | None] | None = None) -> Callable[[], Keys]:
    """``source``: bucket, key and version that are read for a copy."""

    def make() -> Keys:
        request = call.request
        presigned = request.presigned
        keys: dict[str, str | list[str]] = {
            "s3:authType": "REST-QUERY-STRING" if presigned else "REST-HEADER",
            "s3:signatureversion": "AWS4-HMAC-SHA256",
            "s3:TlsVersion": "1.3",
        }
        keys.update({k: request.query[q][0] for k, q in _QUERY.items() if q in request.query})
        keys.update({f"s3:{h}": request.header(h) for h in _HEADERS if request.header(h)})
        keys.update(_requested_tags(call))
        if call.name in _ON_TAGGED and (call.name != "CopyObject" or source):
            version_id = request.query.get("versionId", [None])[0]
            params = call.path_params
            version = source or (params["Bucket"], params["Key"], version_id)
            for tag, value in tags_of(*version).items():
                keys[f"s3:ExistingObjectTag/{tag}"] = value
        if via := request.via:
            keys["s3:DataAccessPointArn"] = via
            keys["s3:DataAccessPointAccount"] = via.split(":")[4]
            keys["s3:AccessPointNetworkOrigin"] = "Internet"
        return keys

    return make


def _requested_tags(call: Call) -> Keys:
    """The tags that a new object, or PutObjectTagging, brings."""
    tags = dict(parse_qsl(call.request.header("x-amz-tagging"), keep_blank_values=True))
    if call.name == "PutObjectTagging":
        tags = {tag["Key"]: tag["Value"] for tag in call.params["Tagging"]["TagSet"]}
    keys: dict[str, str | list[str]] = {
        f"s3:RequestObjectTag/{tag}": value for tag, value in tags.items()
    }
    return {**keys, "s3:RequestObjectTagKeys": list(tags)} if tags else {}


def exists(bucket: str, key: str, version_id: str | None) -> bool:
    """Whether the object exists, in this version or its current one; a delete marker is none."""
    backend = _backend(bucket)
    if backend is None:
        return True  # everybody may know that there is no such bucket
    return _object(backend, bucket, key, version_id) is not None


def tags_of(bucket: str, key: str, version_id: str | None) -> dict[str, str]:
    """The tags of the object, in this version or its current one."""
    backend = _backend(bucket)
    version = _object(backend, bucket, key, version_id) if backend else None
    return dict(backend.tagger.get_tag_dict_for_resource(version.arn)) if version else {}


def _object(backend: Any, bucket: str, key: str, version_id: str | None) -> Any:
    versions = backend.buckets[bucket].keys.getlist(key, [])
    if version_id is None:
        versions = versions[-1:]
    else:
        versions = [version for version in versions if version.version_id == version_id]
    return versions[0] if versions and isinstance(versions[0], FakeKey) else None


def _backend(bucket: str) -> Any:
    """moto's S3 of the account that has the bucket; None if there is no such bucket."""
    backends: Any = get_backend("s3")
    if bucket not in backends.bucket_accounts:
        return None
    partition, account = backends.bucket_accounts[bucket]
    backend = backends[account][partition]
    return backend if bucket in backend.buckets else None
