"""Where a template's text comes from: the request, S3, or the stack itself."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.exceptions import ClientError

from localcloud.cloudformation.errors import validation_error
from localcloud.gateway.clients import Clients
from localcloud.gateway.principals import Principal

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
BODY_LIMIT, OBJECT_LIMIT = 51_200, 1_000_000
_PATH_STYLE = re.compile(r"s3[.-]?([a-z0-9-]*)\.amazonaws\.com")
_HOST_STYLE = re.compile(r"(.+)\.s3[.-]?([a-z0-9-]*)\.amazonaws\.com")


def checked_body(text: str) -> str:
    if len(text.encode()) > BODY_LIMIT:
        raise validation_error(
            "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: "
            f"Member must have length less than or equal to {BODY_LIMIT}"
        )
    return text


def read_url(url: str, clients: Clients, region: str, principal: Principal) -> str:
    """A template from S3, read as ``principal``."""
    bucket, key, version = _parsed(url)
    more = {"VersionId": version} if version else {}
    return read_object(clients.client("s3", region, principal), bucket, key, **more)


def read_object(s3: Any, bucket: str, key: str, **more: str) -> str:
    """A template or a part of one."""
    try:
        body: bytes = s3.get_object(Bucket=bucket, Key=key, **more)["Body"].read()
    except ClientError as error:
        raise validation_error(
            f"S3 error: {error.response['Error'].get('Message')}\nFor more information check "
            "http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"
        ) from error
    if len(body) > OBJECT_LIMIT:
        raise validation_error(f"Template may not exceed {OBJECT_LIMIT} bytes in size.")
    return body.decode()


def _parsed(url: str) -> tuple[str, str, str | None]:
    """Bucket, key and version of an S3 URL, path-style or virtual-hosted."""
    parts = urlsplit(url)
    host, path = parts.netloc, unquote(parts.path).lstrip("/")
    version = parse_qs(parts.query).get("versionId", [None])[0]
    if parts.scheme == "https" and _PATH_STYLE.fullmatch(host) and "/" in path:
        bucket, key = path.split("/", 1)
        return bucket, key, version
    if parts.scheme == "https" and (match := _HOST_STYLE.fullmatch(host)) and path:
        return match[1], path, version
    raise validation_error("TemplateURL must be a supported URL.")
