"""S3's own condition keys.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys
"""

from collections.abc import Callable
from urllib.parse import parse_qsl

from localcloud.gateway.identify import Call
from localcloud.iam.context import Keys
from localcloud.iam.permissions.s3_state import tags_of

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
