"""Where the text of a template comes from: the request, S3, and snippets that it includes."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.exceptions import ClientError

from localcloud.cloudformation.errors import template_error, validation_error
from localcloud.cloudformation.templates.template import parse
from localcloud.gateway.constraints import one_violation
from localcloud.gateway.errors import not_emulated

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
BODY_LIMIT, OBJECT_LIMIT = 51_200, 1_000_000
_PATH_STYLE = re.compile(r"s3[.-]?([a-z0-9-]*)\.amazonaws\.com")
_HOST_STYLE = re.compile(r"(.+)\.s3[.-]?([a-z0-9-]*)\.amazonaws\.com")


def template_text(params: Mapping[str, Any], s3: Any) -> str:
    """The text that a call gives as TemplateBody or TemplateURL; ``s3`` is the caller's client."""
    if text := params.get("TemplateBody"):
        if len(text.encode()) > BODY_LIMIT:
            constraint = f"have length less than or equal to {BODY_LIMIT}"
            raise one_violation("ValidationError", "templateBody", constraint)
        return str(text)
    if url := params.get("TemplateURL"):
        bucket, key, version = _parse(url)
        return read_object(s3, bucket, key, **({"VersionId": version} if version else {}))
    raise validation_error("Either Template URL or Template Body must be specified.")


def read_object(s3: Any, bucket: str, key: str, **version: str) -> str:
    """A template or a part of one."""
    try:
        body: bytes = s3.get_object(Bucket=bucket, Key=key, **version)["Body"].read()
    except ClientError as error:
        raise validation_error(
            f"S3 error: {error.response['Error'].get('Message')}\nFor more information check "
            "http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"
        ) from error
    if len(body) > OBJECT_LIMIT:
        raise validation_error(f"Template may not exceed {OBJECT_LIMIT} bytes in size.")
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise template_error("YAML not well-formed.") from error


def _parse(url: str) -> tuple[str, str, str | None]:
    """Bucket, key and version of an S3 URL, path-style or virtual-hosted."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise validation_error("TemplateURL must be a supported URL.") from error
    host, path = parts.netloc, unquote(parts.path).lstrip("/")
    version = parse_qs(parts.query).get("versionId", [None])[0]
    if parts.scheme == "https" and _PATH_STYLE.fullmatch(host) and "/" in path:
        bucket, key = path.split("/", 1)
        return bucket, key, version
    if parts.scheme == "https" and (match := _HOST_STYLE.fullmatch(host)) and path:
        return match[1], path, version
    raise validation_error("TemplateURL must be a supported URL.")


# As an Fn::Transform within a template:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-include.html
INCLUDE = "AWS::Include"
_TRANSFORM = "Fn::Transform"
_LOCATION = re.compile(r"s3://([a-z0-9.-]+)/(.+)")

# Bucket and key → text, read as the caller.
ReadObject = Callable[[str, str], str]


def expand_includes(node: Any, read: ReadObject) -> Any:
    """``node`` with every include replaced by its snippet, beside the siblings of the include."""
    if isinstance(node, list):
        return [expand_includes(item, read) for item in node]
    if not isinstance(node, dict):
        return node
    result = {key: expand_includes(value, read) for key, value in node.items() if key != _TRANSFORM}
    if _TRANSFORM not in node:
        return result
    return result | _snippet(node[_TRANSFORM], read)


def _snippet(transform: Any, read: ReadObject) -> dict[str, Any]:
    if not isinstance(transform, dict) or transform.get("Name") != INCLUDE:
        name = transform.get("Name") if isinstance(transform, dict) else transform
        raise not_emulated(f"the transform {name} within a template")
    parameters = transform.get("Parameters")
    location = parameters.get("Location") if isinstance(parameters, dict) else None
    match = _LOCATION.fullmatch(location) if isinstance(location, str) else None
    if match is None:
        raise validation_error(
            f"Transform {INCLUDE} failed with: The value of parameter Location under transform "
            "Include must resolve to a string. The location is not a valid S3 URL."
        )
    snippet = parse(read(match[1], match[2]))
    if not isinstance(snippet, dict):
        raise template_error(f"{INCLUDE}: the snippet is not a set of keys and values.")
    return snippet
