"""What S3 does and moto does not: a bucket has one Region, keys a limit, presigned URLs an end."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from localcloud.cloud import Cloud
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.http import Request, Response
from localcloud.gateway.identify import Call
from localcloud.s3.store import Store

_REGIONAL_HOST = re.compile(
    r"(?:^|\.)s3[.-](?:dualstack\.)?[a-z]{2}(?:-[a-z]+)+-\d\.amazonaws\.com$"
)
# Answered in every Region; HeadBucket is not among them: it is how clients find a bucket's Region.
_ANYWHERE = {"CreateBucket", "ListBuckets", "GetBucketLocation"}
_MAX_KEY = 1024


class Conduct:
    """Handler that refuses what S3 refuses, and leaves the rest to the next."""

    def __init__(self, cloud: Cloud, store: Store) -> None:
        self._cloud = cloud
        self._store = store

    def __call__(self, call: Call) -> Response | None:
        if call.operation is None:
            raise not_emulated(f"this S3 request: {call.request.method} {call.request.url}")
        self._refuse_expired(call.request)
        path = call.params
        if len(str(path.get("Key", "")).encode()) > _MAX_KEY:
            raise ApiError("KeyTooLongError", "Your key is too long", 400)
        region = self._store.region(path["Bucket"]) if "Bucket" in path else None
        if region in (None, call.region) or call.name in _ANYWHERE:
            return None
        return _elsewhere(call, path["Bucket"], str(region))

    def _refuse_expired(self, request: Request) -> None:
        started, lasts = request.query.get("X-Amz-Date"), request.query.get("X-Amz-Expires")
        if started and lasts:
            signed = datetime.strptime(started[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            if self._cloud.clock.now() > signed.timestamp() + int(lasts[0]):
                raise ApiError("AccessDenied", "Request has expired", 403)


def _elsewhere(call: Call, bucket: str, region: str) -> Response:
    """For a bucket elsewhere a Regional endpoint redirects, the global one faults the signature.

    https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html; botocore follows both
    (S3RegionRedirectorv2).
    """
    if _REGIONAL_HOST.search(call.request.host):
        status, code = 301, "PermanentRedirect"
        message = (
            "The bucket you are attempting to access must be addressed using the specified"
            " endpoint. Please send all future requests to this endpoint."
        )
        extra = f"<Endpoint>{bucket}.s3.{region}.amazonaws.com</Endpoint><Bucket>{bucket}</Bucket>"
    elif "X-Amz-Credential" in call.request.query:
        status, code = 400, "AuthorizationQueryParametersError"
        message = (
            "Error parsing the X-Amz-Credential parameter;"
            f" the region '{call.region}' is wrong; expecting '{region}'"
        )
        extra = f"<Region>{region}</Region>"
    else:
        status, code = 400, "AuthorizationHeaderMalformed"
        message = (
            "The authorization header is malformed;"
            f" the region '{call.region}' is wrong; expecting '{region}'"
        )
        extra = f"<Region>{region}</Region>"
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>{escape(message)}</Message>{extra}</Error>"
    )
    headers = {"x-amz-bucket-region": region, "content-type": "application/xml"}
    return Response(status, headers, b"" if call.request.method == "HEAD" else body.encode())
