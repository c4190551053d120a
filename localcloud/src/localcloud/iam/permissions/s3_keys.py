"""S3's own condition keys.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys
"""

from __future__ import annotations

from collections.abc import Callable

from localcloud.gateway.identify import Call
from localcloud.iam.context import Keys

_QUERY = {
    "s3:prefix": "prefix",
    "s3:delimiter": "delimiter",
    "s3:max-keys": "max-keys",
    "s3:VersionId": "versionId",
}
_HEADERS = (
    "x-amz-acl",
    "x-amz-copy-source",
    "x-amz-metadata-directive",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-storage-class",
    "x-amz-content-sha256",
)


def keys_of(call: Call) -> Callable[[], Keys]:
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
        if via := request.via:
            keys["s3:DataAccessPointArn"] = via
            keys["s3:DataAccessPointAccount"] = via.split(":")[4]
            keys["s3:AccessPointNetworkOrigin"] = "Internet"
        return keys

    return make
