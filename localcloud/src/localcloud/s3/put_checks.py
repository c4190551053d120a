"""What S3 refuses in a call's headers, keys and small bodies, and moto accepts.

Errors: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html. Wordings are those of
moto and https://github.com/versity/versitygw (s3err), which were compared with AWS.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable
from urllib.parse import parse_qsl, unquote_to_bytes

from awscrt import checksums  # type: ignore[import-untyped]  # ships no types
from moto.s3.utils import compute_checksum

from localcloud.gateway.errors import MALFORMED_XML, not_emulated, require
from localcloud.gateway.http import Request
from localcloud.gateway.identify import Call
from localcloud.s3 import store

INVALID_ARGUMENT = "InvalidArgument"
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_ADDRESS = re.compile(r"\d+(\.\d+){3}")
_RESERVED_STARTS = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_ENDS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
_WRONG_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_MAX_KEY_BYTES = 1024
_MAX_METADATA_BYTES = 2048
_PRIVATE_ACLS = {"private", "bucket-owner-full-control", "bucket-owner-read"}
_NO_ACLS = "BucketOwnerEnforced"
_VERSION_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|null")
_CHECKSUMS = {"CRC32": 4, "CRC32C": 4, "CRC64NVME": 8, "SHA1": 20, "SHA256": 32}


def check(call: Call) -> None:
    """Raise the error of AWS for what is wrong with the call itself."""
    _check_uri(call.request)
    _check_stream(call.request)
    params = call.params
    key_size = len(str(params.get("Key", "")).encode())
    require(key_size <= _MAX_KEY_BYTES, "KeyTooLongError", "Your key is too long")
    is_version = _VERSION_ID.fullmatch(params.get("VersionId") or "null")
    require(is_version, INVALID_ARGUMENT, "Invalid version id specified")
    for check_one in _CHECKS.get(call.name, ()):
        check_one(call)
    words = (
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have"
        " been aborted or completed."
    )
    exists = "UploadId" not in params or store.has_upload(params["Bucket"], params["UploadId"])
    require(exists, "NoSuchUpload", words, 404)


def _check_uri(request: Request) -> None:
    path = unquote_to_bytes(request.parts.path)
    is_utf8 = path.decode(errors="replace").encode() == path
    is_encoded = not _WRONG_ESCAPE.search(request.parts.path)
    require(is_utf8 and is_encoded, "InvalidURI", "Couldn't parse the specified URI.")


def _check_stream(request: Request) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html"""
    if not _is_stream(request):
        return
    length = request.header("X-Amz-Decoded-Content-Length")
    words = "You must provide the Content-Length HTTP header."
    require(length.isdecimal(), "MissingContentLength", words, 411)
    try:
        is_whole = len(_payload(request)[0]) == int(length)
    except ValueError:
        is_whole = False
    require(is_whole, "IncompleteBody", "The request body terminated unexpectedly")


def _check_new_bucket(call: Call) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"""
    params, name = call.params, call.params["Bucket"]
    is_reserved = name.startswith(_RESERVED_STARTS) or name.endswith(_RESERVED_ENDS)
    is_valid = _NAME.fullmatch(name) and ".." not in name and not _ADDRESS.fullmatch(name)
    message = "The specified bucket is not valid."
    require(is_valid and not is_reserved, "InvalidBucketName", message)
    _check_ownership(params.get("ObjectOwnership", _NO_ACLS))
    words = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"
    has_acl = _has_grants(call) or params.get("ACL", "private") != "private"
    require(not has_acl, "InvalidBucketAclWithObjectOwnership", words)


def _check_ownership_controls(call: Call) -> None:
    for rule in call.params["OwnershipControls"]["Rules"]:
        _check_ownership(rule["ObjectOwnership"])


def _check_ownership(value: str) -> None:
    """ACLs are off since April 2023, unless the bucket's ownership controls say otherwise.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
    """
    if value != _NO_ACLS:
        raise not_emulated(f"buckets with ACLs (ObjectOwnership {value})")


def _check_metadata(call: Call) -> None:
    metadata = call.params.get("Metadata") or {}
    size = sum(len(name) + len(value.encode()) for name, value in metadata.items())
    words = "Your metadata headers exceed the maximum allowed metadata size"
    require(size <= _MAX_METADATA_BYTES, "MetadataTooLarge", words)


def _check_acl(call: Call) -> None:
    if store.find_bucket(call.params["Bucket"]) is not None:
        is_private = not _has_grants(call) and call.params.get("ACL", "private") in _PRIVATE_ACLS
        require(is_private, "AccessControlListNotSupported", "The bucket does not allow ACLs")


def _has_grants(call: Call) -> bool:
    return any(name.startswith("Grant") for name in call.params)


def _check_tags_header(call: Call) -> None:
    tags = parse_qsl(call.params.get("Tagging") or "", keep_blank_values=True)
    words = (
        "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters"
        " without tag name duplicates."
    )
    require(len(dict(tags)) == len(tags), INVALID_ARGUMENT, words)
    _check_tags(tags, 10, "Object tags cannot be greater than 10")


def _check_tag_set(limit: int, words: str) -> Callable[[Call], None]:
    def check_one(call: Call) -> None:
        tags = [(tag["Key"], tag["Value"]) for tag in call.params["Tagging"]["TagSet"]]
        _check_tags(tags, limit, words)

    return check_one


def _check_tags(tags: list[tuple[str, str]], limit: int, too_many: str) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html"""
    require(len(tags) <= limit, "BadRequest", too_many)
    code = "InvalidTag"
    require(len(dict(tags)) == len(tags), code, "Cannot provide multiple Tags with the same key")
    for key, value in tags:
        require(1 <= len(key) <= 128, code, "The TagKey you have provided is invalid")
        require(len(value) <= 256, code, "The TagValue you have provided is invalid")
        is_own = not key.startswith("aws:")
        require(is_own, code, "System tags cannot be added/updated by requester")


def _check_digest(call: Call) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html"""
    body, trailer = _payload(call.request)

    def header(name: str) -> str:
        return call.request.header(name) or trailer.get(name, "")

    if md5 := header("Content-MD5"):
        digest, words = _decoded(md5), "The Content-MD5 you specified was invalid."
        require(len(digest) == 16, "InvalidDigest", words)
        words = "The Content-MD5 you specified did not match what we received."
        computed = hashlib.md5(body, usedforsecurity=False).digest()
        require(digest == computed, "BadDigest", words)
    for algorithm, size in _CHECKSUMS.items():
        name = f"x-amz-checksum-{algorithm.lower()}"
        if value := header(name):
            digest = _decoded(value)
            words = f"Value for {name} header is invalid."
            require(len(digest) == size, "InvalidRequest", words)
            words = f"The {algorithm} you specified did not match the calculated checksum."
            require(digest == _checksum(body, algorithm), "BadDigest", words)


def _checksum(body: bytes, algorithm: str) -> bytes:
    if algorithm == "CRC32C":  # moto would take CRC32
        value: int = checksums.crc32c(body)
        return value.to_bytes(4, "big")
    return compute_checksum(body, algorithm, encode_base64=False)


def _is_stream(request: Request) -> bool:
    return request.header("X-Amz-Content-SHA256").startswith("STREAMING-")


def _payload(request: Request) -> tuple[bytes, dict[str, str]]:
    """The body and the headers after it. Raises ValueError.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
    """
    if not _is_stream(request):
        return request.body, {}
    chunks, body, start = [], request.body, 0
    while (end := body.find(b"\r\n", start)) >= 0:
        size = int(body[start:end].partition(b";")[0], 16)
        start = end + 2
        if size <= 0:
            break
        chunks.append(body[start : start + size])
        start += size + 2
    lines = [line.partition(":") for line in body[start:].decode("latin-1").split("\r\n")]
    return b"".join(chunks), {name.lower(): value.strip() for name, _, value in lines}


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:  # no base64 (binascii.Error), or not even ASCII
        return b""


def _check_part(call: Call) -> None:
    words = "Part number must be an integer between 1 and 10000, inclusive"
    require(1 <= call.params["PartNumber"] <= 10_000, INVALID_ARGUMENT, words)


def _check_source(call: Call) -> None:
    source = str(call.params["CopySource"]).lstrip("/").partition("?")[0]
    words = "Copy Source must mention the source bucket and key: /sourcebucket/sourcekey"
    require(source.startswith("arn:") or "/" in source, INVALID_ARGUMENT, words)


def _check_deletes(call: Call) -> None:
    require(1 <= len(call.params["Delete"].get("Objects", ())) <= 1000, *MALFORMED_XML)


def _check_listing(call: Call) -> None:
    token = call.params.get("ContinuationToken")
    is_known = not token or store.knows_token(token)
    require(is_known, INVALID_ARGUMENT, "The continuation token provided is incorrect")
    words = "Argument maxKeys must be an integer between 0 and 2147483647"
    require(call.params.get("MaxKeys", 0) >= 0, INVALID_ARGUMENT, words)


_ON_NEW_OBJECT = (_check_metadata, _check_acl, _check_tags_header)
_CHECKS: dict[str, Iterable[Callable[[Call], None]]] = {
    "CopyObject": (*_ON_NEW_OBJECT, _check_source),
    "CreateBucket": (_check_new_bucket,),
    "CreateMultipartUpload": _ON_NEW_OBJECT,
    "DeleteObjects": (_check_deletes,),
    "ListObjectVersions": (_check_listing,),
    "ListObjects": (_check_listing,),
    "ListObjectsV2": (_check_listing,),
    "PutBucketOwnershipControls": (_check_ownership_controls,),
    "PutBucketTagging": (_check_tag_set(50, "Bucket tag count cannot be greater than 50"),),
    "PutObject": (*_ON_NEW_OBJECT, _check_digest),
    "PutObjectTagging": (_check_tag_set(10, "Object tags cannot be greater than 10"),),
    "UploadPart": (_check_part, _check_digest),
    "UploadPartCopy": (_check_part, _check_source),
}
