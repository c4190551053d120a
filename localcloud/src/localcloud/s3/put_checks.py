"""What S3 refuses in a call's headers, keys and small bodies, and moto accepts.

Errors: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html. Wordings are those of
moto and https://github.com/versity/versitygw (s3err), which were compared with AWS.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address
from typing import Any
from urllib.parse import parse_qsl

from moto.s3.utils import compute_checksum

from localcloud.gateway.errors import ApiError
from localcloud.gateway.http import Request
from localcloud.gateway.identify import Call
from localcloud.s3.store import Store, invalid_argument, invalid_request

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_RESERVED_STARTS = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_ENDS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
_MAX_KEY_BYTES = 1024
_MAX_METADATA_BYTES = 2048
_PRIVATE_ACLS = {"private", "bucket-owner-full-control", "bucket-owner-read"}
_VERSION_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|null")
_CHECKSUMS = {"CRC32": 4, "CRC32C": 4, "CRC64NVME": 8, "SHA1": 20, "SHA256": 32}


def malformed() -> ApiError:
    words = (
        "The XML you provided was not well-formed or did not validate against our published schema"
    )
    return ApiError("MalformedXML", words, 400)


def check(call: Call, store: Store) -> None:
    """Raise the error of AWS for what is wrong with the call itself."""
    params = call.params
    if call.name == "CreateBucket":
        _check_new_bucket(params)
    if len(str(params.get("Key", "")).encode()) > _MAX_KEY_BYTES:
        raise ApiError("KeyTooLongError", "Your key is too long", 400)
    if not _VERSION_ID.fullmatch(params.get("VersionId") or "null"):
        raise invalid_argument("Invalid version id specified")
    for check_one in _CHECKS.get(call.name, ()):
        check_one(call, store)
    if "UploadId" in params and not store.has_upload(params["Bucket"], params["UploadId"]):
        words = (
            "The specified upload does not exist. The upload ID may be invalid, or the upload may"
            " have been aborted or completed."
        )
        raise ApiError("NoSuchUpload", words, 404)


def _check_new_bucket(params: dict[str, Any]) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"""
    name = params["Bucket"]
    is_wrong = (
        not _NAME.fullmatch(name)
        or ".." in name
        or _is_address(name)
        or name.startswith(_RESERVED_STARTS)
        or name.endswith(_RESERVED_ENDS)
    )
    if is_wrong:
        raise ApiError("InvalidBucketName", "The specified bucket is not valid.", 400)
    owned = params.get("ObjectOwnership", "BucketOwnerEnforced") == "BucketOwnerEnforced"
    if owned and params.get("ACL", "private") != "private":
        words = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"
        raise ApiError("InvalidBucketAclWithObjectOwnership", words, 400)


def _is_address(name: str) -> bool:
    try:
        IPv4Address(name)
    except ValueError:
        return False
    return True


def _check_metadata(call: Call, _: Store) -> None:
    metadata = call.params.get("Metadata") or {}
    if (
        sum(len(name) + len(value.encode()) for name, value in metadata.items())
        > _MAX_METADATA_BYTES
    ):
        words = "Your metadata headers exceed the maximum allowed metadata size"
        raise ApiError("MetadataTooLarge", words, 400)


def _check_acl(call: Call, store: Store) -> None:
    """ACLs are off unless the bucket's ownership controls say otherwise, since April 2023.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
    """
    bucket: Any = store.bucket(call.params["Bucket"])
    if bucket is None or (bucket.ownership_rule or "BucketOwnerEnforced") != "BucketOwnerEnforced":
        return
    grants = any(name.startswith("Grant") for name in call.params)
    if grants or call.params.get("ACL", "private") not in _PRIVATE_ACLS:
        raise ApiError("AccessControlListNotSupported", "The bucket does not allow ACLs", 400)


def _check_tags_header(call: Call, _: Store) -> None:
    tags = parse_qsl(call.params.get("Tagging") or "", keep_blank_values=True)
    if len({key for key, _value in tags}) < len(tags):
        raise invalid_argument(
            "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query"
            " parameters without tag name duplicates."
        )
    _check_tags(tags, 10, "Object tags cannot be greater than 10")


def _check_tag_set(limit: int, words: str) -> Callable[[Call, Store], None]:
    def check_one(call: Call, _: Store) -> None:
        tags = [(tag["Key"], tag["Value"]) for tag in call.params["Tagging"]["TagSet"]]
        _check_tags(tags, limit, words)

    return check_one


def _check_tags(tags: list[tuple[str, str]], limit: int, too_many: str) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html"""
    if len(tags) > limit:
        raise ApiError("BadRequest", too_many, 400)
    if len({key for key, _ in tags}) < len(tags):
        raise _invalid_tag("Cannot provide multiple Tags with the same key")
    for key, value in tags:
        if not 1 <= len(key) <= 128:
            raise _invalid_tag("The TagKey you have provided is invalid")
        if len(value) > 256:
            raise _invalid_tag("The TagValue you have provided is invalid")
        if key.startswith("aws:"):
            raise _invalid_tag("System tags cannot be added/updated by requester")


def _invalid_tag(words: str) -> ApiError:
    return ApiError("InvalidTag", words, 400)


def _check_digest(call: Call, _: Store) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html"""
    body, trailer = _payload(call.request)

    def header(name: str) -> str:
        return call.request.header(name) or trailer.get(name, "")

    if md5 := header("Content-MD5"):
        if len(_decoded(md5)) != 16:
            raise ApiError("InvalidDigest", "The Content-MD5 you specified was invalid.", 400)
        if _decoded(md5) != hashlib.md5(body, usedforsecurity=False).digest():
            words = "The Content-MD5 you specified did not match what we received."
            raise ApiError("BadDigest", words, 400)
    for algorithm, size in _CHECKSUMS.items():
        name = f"x-amz-checksum-{algorithm.lower()}"
        if not (value := header(name)):
            continue
        if len(_decoded(value)) != size:
            raise invalid_request(f"Value for {name} header is invalid.")
        # Without a library for it, moto takes CRC32 for CRC32C.
        if algorithm != "CRC32C" and _checksum(body, algorithm) != _decoded(value):
            words = f"The {algorithm} you specified did not match the calculated checksum."
            raise ApiError("BadDigest", words, 400)


def _payload(request: Request) -> tuple[bytes, dict[str, str]]:
    """The body and the headers after it.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
    """
    if not request.header("X-Amz-Content-SHA256").startswith("STREAMING-"):
        return request.body, {}
    chunks, unread = [], request.body
    while unread:
        head, _, unread = unread.partition(b"\r\n")
        size = int(head.partition(b";")[0] or b"0", 16)
        if size == 0:
            break
        chunks.append(unread[:size])
        unread = unread[size + 2 :]
    lines = [line.partition(":") for line in unread.decode().split("\r\n")]
    return b"".join(chunks), {name.lower(): value.strip() for name, _, value in lines}


def _checksum(body: bytes, algorithm: str) -> bytes:
    return compute_checksum(body, algorithm, encode_base64=False)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:  # no base64 (binascii.Error), or not even ASCII
        return b""


def _check_part(call: Call, _: Store) -> None:
    if not 1 <= call.params["PartNumber"] <= 10_000:
        raise invalid_argument("Part number must be an integer between 1 and 10000, inclusive")


def _check_source(call: Call, _: Store) -> None:
    source = str(call.params["CopySource"]).lstrip("/").partition("?")[0]
    if not source.startswith("arn:") and "/" not in source:
        raise invalid_argument(
            "Copy Source must mention the source bucket and key: /sourcebucket/sourcekey"
        )


def _check_deletes(call: Call, _: Store) -> None:
    if not 1 <= len(call.params["Delete"].get("Objects", ())) <= 1000:
        raise malformed()


def _check_listing(call: Call, store: Store) -> None:
    token = call.params.get("ContinuationToken")
    if token and not store.knows_token(token):
        raise invalid_argument("The continuation token provided is incorrect")
    if call.params.get("MaxKeys", 0) < 0:
        raise invalid_argument("Argument maxKeys must be an integer between 0 and 2147483647")


_ON_NEW_OBJECT = (_check_metadata, _check_acl, _check_tags_header)
_CHECKS: dict[str, Iterable[Callable[[Call, Store], None]]] = {
    "CopyObject": (*_ON_NEW_OBJECT, _check_source),
    "CreateMultipartUpload": _ON_NEW_OBJECT,
    "DeleteObjects": (_check_deletes,),
    "ListObjectVersions": (_check_listing,),
    "ListObjects": (_check_listing,),
    "ListObjectsV2": (_check_listing,),
    "PutBucketTagging": (_check_tag_set(50, "Bucket tag count cannot be greater than 50"),),
    "PutObject": (*_ON_NEW_OBJECT, _check_digest),
    "PutObjectTagging": (_check_tag_set(10, "Object tags cannot be greater than 10"),),
    "UploadPart": (_check_part, _check_digest),
    "UploadPartCopy": (_check_part, _check_source),
}
