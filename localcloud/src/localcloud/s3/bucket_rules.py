"""Rules of S3 that moto lacks: what is put is checked, buckets have one Region, markers answer."""

import re
from typing import Any
from xml.sax.saxutils import escape

from moto.s3.models import FakeDeleteMarker, PublicAccessBlock

from localcloud.gateway import moto_bridge
from localcloud.gateway.answer import serialize
from localcloud.gateway.authorization import malformed_authorization
from localcloud.gateway.errors import ApiError, method_not_allowed
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.iam.refusals import refusal
from localcloud.s3 import configuration_checks, put_checks, store
from localcloud.s3.bucket_policy import check_bucket_policy, is_public

_REGIONAL_HOST = re.compile(
    r"(?:^|\.)s3[.-](?:dualstack\.)?[a-z]{2}(?:-[a-z]+)+-\d\.amazonaws\.com$"
)
# HeadBucket is not among them: with it, clients find out a bucket's Region.
_ANSWERED_IN_EVERY_REGION = {"CreateBucket", "ListBuckets", "GetBucketLocation"}


def apply_rules(call: Call) -> Response | None:
    """Handler that refuses what S3 refuses; everything else goes to the next handler."""
    put_checks.check(call)
    bucket = call.params.get("Bucket", "")
    region = store.region_of(bucket)
    if region not in (None, call.region) and call.name not in _ANSWERED_IN_EVERY_REGION:
        return _wrong_region(call, bucket, str(region))
    configuration_checks.check(call)
    if call.principal.is_anonymous and _blocks(bucket, "restrict_public_buckets"):
        raise ApiError("AccessDenied", "Access Denied", 403)
    if call.name == "PutBucketPolicy":
        _check_policy(call, bucket)
    elif call.name == "CreateBucket":
        return _create(call, bucket)
    elif call.name == "DeleteObjects":
        return delete_objects(call)
    elif call.name == "GetObject":
        return _answer_marker(call)
    return None


def _create(call: Call, bucket: str) -> Response:
    """New buckets block public access since April 2023.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html
    """
    is_new = store.find_bucket(bucket) is None
    response = moto_bridge.dispatch(call)
    created: Any = store.find_bucket(bucket)
    if is_new and created is not None:
        created.public_access_block = PublicAccessBlock("true", "true", "true", "true")
    return response


def _blocks(bucket: str, switch: str) -> bool:
    existing: Any = store.find_bucket(bucket)
    block = existing.public_access_block if existing else None
    return bool(block and getattr(block, switch))


def _check_policy(call: Call, bucket: str) -> None:
    statements = check_bucket_policy(bucket, call.request.body.decode())
    if is_public(statements) and _blocks(bucket, "block_public_policy"):
        reason = (
            "because public policies are blocked by the BlockPublicPolicy block public access"
            " setting."
        )
        raise refusal(call, "s3:PutBucketPolicy", f"arn:aws:s3:::{bucket}", reason)


def _answer_marker(call: Call) -> Response | None:
    """A delete marker is 404 as the current version, and 405 by its id.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html
    """
    version_id = call.params.get("VersionId")
    marker = store.find_version(call.params["Bucket"], call.params["Key"], version_id)
    if not isinstance(marker, FakeDeleteMarker):
        return None
    if version_id is None:
        error = ApiError("NoSuchKey", "The specified key does not exist.", 404)
    else:
        error = method_not_allowed()
    response = serialize(call, error)
    response.headers["x-amz-delete-marker"] = "true"
    response.headers["x-amz-version-id"] = str(marker.version_id)
    if version_id is not None:
        response.headers["Allow"] = "DELETE"
    return response


def _wrong_region(call: Call, bucket: str, region: str) -> Response:
    """A Regional endpoint redirects to the bucket's Region, the global one faults the signature.

    https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html; botocore follows both
    (S3RegionRedirectorv2).
    """
    if _REGIONAL_HOST.search(call.request.host):
        message = (
            "The bucket you are attempting to access must be addressed using the specified"
            " endpoint. Please send all future requests to this endpoint."
        )
        error = ApiError("PermanentRedirect", message, 301)
        endpoint = f"{bucket}.s3.{region}.amazonaws.com"
        details = f"<Endpoint>{endpoint}</Endpoint><Bucket>{bucket}</Bucket>"
    else:
        mismatch = f"the region '{call.region}' is wrong; expecting '{region}'"
        error = malformed_authorization("X-Amz-Credential" in call.request.query, mismatch)
        details = f"<Region>{region}</Region>"
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{error.code}</Code><Message>{escape(error.message)}</Message>{details}</Error>"
    )
    headers = {"x-amz-bucket-region": region, "content-type": "application/xml"}
    content = b"" if call.request.method == "HEAD" else body.encode()
    return Response(error.status or 400, headers, content)


def permitted(call: Call) -> list[dict[str, Any]]:
    """Return the entries of DeleteObjects that the caller may delete."""
    entries = enumerate(call.params["Delete"]["Objects"])
    return [entry for number, entry in entries if number not in call.refused_parts]


def delete_objects(call: Call) -> Response:
    """Judge each key by itself; ``Quiet`` answers list the errors only.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
    """
    deletion = call.params["Delete"]
    deleted = store.delete_objects(call.params["Bucket"], permitted(call))
    errors = [
        {**_named(deletion["Objects"][number]), "Code": error.code, "Message": error.message}
        for number, error in sorted(call.refused_parts.items())
    ]
    return serialize(call, {"Deleted": [] if deletion.get("Quiet") else deleted, "Errors": errors})


def _named(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: entry[name] for name in ("Key", "VersionId") if name in entry}
