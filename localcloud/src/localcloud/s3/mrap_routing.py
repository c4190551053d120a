"""The data plane of Multi-Region Access Points: from the global host to one Region's bucket.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPointRequests.html
"""

import re
from dataclasses import replace

from botocore.awsrequest import HeadersDict

from localcloud.cloud import Cloud
from localcloud.gateway.authorization import ASYMMETRIC, malformed_authorization
from localcloud.gateway.errors import method_not_allowed
from localcloud.gateway.http import Request
from localcloud.gateway.identify import Call
from localcloud.gateway.principals import access_key_of
from localcloud.s3.mrap import AccessPoint, MultiRegionAccessPoints, Route, no_such_access_point
from localcloud.s3.store import invalid_request

_DOMAIN = ".accesspoint.s3-global.amazonaws.com"
_HOST = re.compile(r"^([a-z0-9-]+\.mrap)\.accesspoint\.s3-global\.amazonaws\.com$")
_COPY_SOURCE = re.compile(
    r"^/?arn(?::|%3[aA])aws(?::|%3[aA])s3(?:::|%3[aA]%3[aA])\d+(?::|%3[aA])accesspoint"
)
# Of the operations that "can accept Multi-Region Access Point ARNs" those that are emulated:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/MrapOperations.html
_OPERATIONS = {
    "AbortMultipartUpload", "CompleteMultipartUpload", "CopyObject", "CreateMultipartUpload",
    "DeleteObject", "DeleteObjectTagging", "GetObject", "GetObjectTagging", "HeadObject",
    "ListMultipartUploads", "ListObjectsV2", "ListParts", "PutObject", "PutObjectTagging",
    "UploadPart",
}  # fmt: skip


class MrapRouting:
    """``rewrite`` chooses the bucket; ``check`` refuses what an access point does not support."""

    def __init__(self, cloud: Cloud, access_points: MultiRegionAccessPoints) -> None:
        self._cloud = cloud
        self._access_points = access_points

    def rewrite(self, request: Request) -> Request:
        match = _HOST.match(request.host)
        access_point = self._access_points.by_alias(match[1]) if match else None
        if access_point is None:
            return request
        route = self._route(access_point, request)
        host = f"{route.bucket}.s3.{route.region}.amazonaws.com"
        headers = HeadersDict(request.headers.items())
        headers["Host"] = host
        url = request.parts._replace(netloc=host).geturl()
        return replace(request, url=url, headers=headers, via=access_point.arn)

    def check(self, call: Call) -> None:
        if _HOST.match(call.request.host):
            raise no_such_access_point()  # it was not rewritten
        if call.service != "s3":
            return
        if _COPY_SOURCE.match(call.request.header("x-amz-copy-source")):
            # "only as a destination": https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
            raise invalid_request("A Multi-Region Access Point cannot be the source of a copy")
        if call.request.via:
            # The host that was signed, for the check of signatures. moto has its own copy by now.
            alias = call.request.via.rsplit("/", 1)[-1]
            call.request.set_header("Host", f"{alias}{_DOMAIN}")
            _check_signature(call)
            if call.name not in _OPERATIONS:
                raise method_not_allowed()

    def _route(self, access_point: AccessPoint, request: Request) -> Route:
        """Choose the active bucket in the caller's Region, or in ``nearest``, or the first."""
        active = [route for route in access_point.routes if route.dial]
        for region in (self._region_of_caller(request), self._access_points.nearest):
            for route in active:
                if route.region == region:
                    return route
        return active[0]

    def _region_of_caller(self, request: Request) -> str | None:
        key = access_key_of(request)
        principal = self._cloud.principals.by_key(key) if key else None
        if principal is None or principal.function_arn is None:
            return None
        # Whoever has a presigned link may follow it; that is not the function that made it.
        return None if "X-Amz-Credential" in request.query else principal.function_arn.split(":")[3]


def _check_signature(call: Call) -> None:
    """Require SigV4A: SigV4 names one Region, and the caller cannot know which will answer.

    The message for a presigned URL is AWS's in https://github.com/boto/boto3/issues/4627.
    """
    request = call.request
    presigned = request.query.get("X-Amz-Algorithm")
    algorithm = presigned[0] if presigned else request.header("Authorization").split(" ")[0]
    if algorithm == ASYMMETRIC:
        region_set = request.query.get("X-Amz-Region-Set", [request.header("X-Amz-Region-Set")])[0]
        if not {"*", call.region} & set(region_set.split(",")):
            message = f"The region set {region_set!r} does not cover the bucket's Region"
            raise invalid_request(message)
        return
    raise malformed_authorization(
        bool(presigned),
        f"a Multi-Region Access Point needs a signature of {ASYMMETRIC}, not of {algorithm}",
    )
