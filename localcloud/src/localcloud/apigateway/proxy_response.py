"""From what a function returned to the HTTP response."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from localcloud.apigateway.proxy_event import media_type_matches
from localcloud.gateway.http import Response

# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
_REMAPPED = {
    "authorization",
    "content-md5",
    "date",
    "host",
    "server",
    "user-agent",
    "via",
    "www-authenticate",
}
_DROPPED = {"connection", "content-length", "transfer-encoding", "upgrade", "trailer"}


class MalformedResponse(Exception):
    """The function's answer has not the shape that a proxy integration asks for."""


def response_of(payload: bytes, accept: str, binary_types: list[str]) -> Response:
    """Raises MalformedResponse."""
    try:
        answer = json.loads(payload)
    except ValueError as error:
        raise MalformedResponse("no JSON") from error
    if not isinstance(answer, dict):
        raise MalformedResponse("no object")
    status = _status(answer.get("statusCode"))
    headers = {"Content-Type": "application/json", **_headers(answer)}
    return Response(status, headers, _body(answer, accept, binary_types))


def _status(value: Any) -> int:
    try:
        status = int(value)
    except (TypeError, ValueError) as error:
        raise MalformedResponse("statusCode is no integer") from error
    if isinstance(value, bool) or not 100 <= status <= 599:
        raise MalformedResponse("statusCode is no HTTP status")
    return status


def _headers(answer: dict[str, Any]) -> dict[str, str]:
    single, several = answer.get("headers") or {}, answer.get("multiValueHeaders") or {}
    if not isinstance(single, dict) or not isinstance(several, dict):
        raise MalformedResponse("headers is no object")
    found: dict[str, str] = {}
    pairs = [*single.items(), *((name, ", ".join(map(str, v))) for name, v in several.items())]
    for name, value in pairs:
        if isinstance(value, dict | list):
            raise MalformedResponse(f"the header {name} is no string")
        lower = name.lower()
        if lower in _DROPPED:
            continue
        if lower == "content-type":
            name = "Content-Type"
        found[f"x-amzn-Remapped-{name}" if lower in _REMAPPED else name] = _text(value)
    return found


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool | int | float) else str(value or "")


def _body(answer: dict[str, Any], accept: str, binary_types: list[str]) -> bytes:
    body = answer.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise MalformedResponse("body is no string")
    if answer.get("isBase64Encoded") and media_type_matches(accept or "*/*", binary_types):
        try:
            return base64.b64decode(body, validate=True)
        except binascii.Error as error:
            raise MalformedResponse("body is no base64") from error
    return body.encode()
