"""Rules of S3 that moto lacks: buckets have one Region, keys a limit, presigned URLs an end."""

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
# HeadBucket is not among them: with it, clients find out a bucket's Region.
_ANSWERED_IN_EVERY_REGION = {"CreateBucket", "ListBuckets", "GetBucketLocation"}
_MAX_KEY_BYTES = 1024


class BucketRules:
    """Handler that refuses what S3 refuses; everything else goes to the next handler."""

    def __init__(self, cloud: Cloud, store: Store) -> None:
        self._cloud = cloud
        self._store = store

    def __call__(self, call: Call) -> Response | None:
        if call.operation is None:
            raise not_emulated(f"this S3 request: {call.request.method} {call.request.url}")
        self._refuse_expired(call.request)
        params = call.params
        if len(str(params.get("Key", "")).encode()) > _MAX_KEY_BYTES:
            raise ApiError("KeyTooLongError", "Your key is too long", 400)
        region = self._store.region(params["Bucket"]) if "Bucket" in params else None
        if region in (None, call.region) or call.name in _ANSWERED_IN_EVERY_REGION:
            return None
        return _wrong_region(call, params["Bucket"], str(region))

    def _refuse_expired(self, request: Request) -> None:
        date, seconds = request.query.get("X-Amz-Date"), request.query.get("X-Amz-Expires")
        if date and seconds:
            signed = datetime.strptime(date[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            if self._cloud.clock.now() > signed.timestamp() + int(seconds[0]):
                raise ApiError("AccessDenied", "Request has expired", 403)


def _wrong_region(call: Call, bucket: str, region: str) -> Response:
    """A Regional endpoint redirects to the bucket's Region, the global one faults the signature.

    https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html; botocore follows both
    (S3RegionRedirectorv2).
    """
    status, details = 400, f"<Region>{region}</Region>"
    mismatch = f"the region '{call.region}' is wrong; expecting '{region}'"
    if _REGIONAL_HOST.search(call.request.host):
        status, code = 301, "PermanentRedirect"
        message = (
            "The bucket you are attempting to access must be addressed using the specified"
            " endpoint. Please send all future requests to this endpoint."
        )
        endpoint = f"{bucket}.s3.{region}.amazonaws.com"
        details = f"<Endpoint>{endpoint}</Endpoint><Bucket>{bucket}</Bucket>"
    elif "X-Amz-Credential" in call.request.query:
        code = "AuthorizationQueryParametersError"
        message = f"Error parsing the X-Amz-Credential parameter; {mismatch}"
    else:
        code = "AuthorizationHeaderMalformed"
        message = f"The authorization header is malformed; {mismatch}"
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>{escape(message)}</Message>{details}</Error>"
    )
    headers = {"x-amz-bucket-region": region, "content-type": "application/xml"}
    return Response(status, headers, b"" if call.request.method == "HEAD" else body.encode())
