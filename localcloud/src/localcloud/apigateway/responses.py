"""HTTP responses: from what a function returned, and those that API Gateway itself gives."""

import json
from typing import Any, NamedTuple

from localcloud.gateway.http import Response


class GatewayError(NamedTuple):
    """An answer of API Gateway's own, without the integration."""

    status: int
    message: str
    type: str

    def response(self) -> Response:
        headers = {"Content-Type": "application/json", "x-amzn-ErrorType": self.type}
        body = json.dumps({"message": self.message}, separators=(",", ":"))
        return Response(self.status, headers, body.encode())


FORBIDDEN = GatewayError(403, "Forbidden", "ForbiddenException")
MISSING_TOKEN = GatewayError(
    403, "Missing Authentication Token", "MissingAuthenticationTokenException"
)
TOO_LONG = GatewayError(413, "Request Too Long", "RequestTooLargeException")
TIMED_OUT = GatewayError(504, "Endpoint request timed out", "InternalServerErrorException")
# The execution log says: "Execution failed due to configuration error: Invalid permissions on
# Lambda function", or "Malformed Lambda proxy response".
REFUSED = GatewayError(500, "Internal server error", "InternalServerErrorException")
BAD_RESULT = GatewayError(502, "Internal server error", "InternalServerErrorException")


# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
_REMAPPED = {
    "authorization", "content-md5", "date", "host", "server", "user-agent", "via",
    "www-authenticate",
}  # fmt: skip
_DROPPED = {"connection", "content-length", "transfer-encoding", "upgrade", "trailer"}


class MalformedResponse(Exception):
    """The function's result has not the shape that a proxy integration requires."""


def response_of(payload: bytes) -> Response:
    """Raises MalformedResponse."""
    try:
        result = json.loads(payload)
    except ValueError as error:
        raise MalformedResponse("the result is not JSON") from error
    if not isinstance(result, dict):
        raise MalformedResponse("the result is not an object")
    status = _status(result.get("statusCode"))
    headers = {"Content-Type": "application/json", **_headers(result)}
    return Response(status, headers, _body(result))


def _status(value: Any) -> int:
    try:
        status = int(value)
    except (TypeError, ValueError) as error:
        raise MalformedResponse("statusCode is not an integer") from error
    if isinstance(value, bool) or not 100 <= status <= 599:
        raise MalformedResponse("statusCode is not an HTTP status")
    return status


def _headers(result: dict[str, Any]) -> dict[str, str]:
    single, multiple = result.get("headers") or {}, result.get("multiValueHeaders") or {}
    if not isinstance(single, dict) or not isinstance(multiple, dict):
        raise MalformedResponse("headers is not an object")
    joined = {name: ", ".join(map(str, values)) for name, values in multiple.items()}
    headers: dict[str, str] = {}
    for name, value in (*single.items(), *joined.items()):
        if isinstance(value, dict | list):
            raise MalformedResponse(f"the header {name} is not a string")
        lower = name.lower()
        if lower in _DROPPED:
            continue
        if lower == "content-type":
            name = "Content-Type"
        headers[f"x-amzn-Remapped-{name}" if lower in _REMAPPED else name] = _text(value)
    return headers


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool | int | float) else str(value or "")


def _body(result: dict[str, Any]) -> bytes:
    """The text as it is: only where an API has binary types is Base64 decoded."""
    body = result.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise MalformedResponse("body is not a string")
    return body.encode()
