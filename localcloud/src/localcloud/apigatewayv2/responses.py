"""HTTP responses: from what a function returned, and those that API Gateway itself gives."""

import base64
import binascii
import json
from typing import Any, NamedTuple

from localcloud.gateway.errors import not_emulated
from localcloud.gateway.http import Response


class GatewayError(NamedTuple):
    """A response of API Gateway's own. ``reason``: what the access log has of the integration."""

    status: int
    message: str
    reason: str | None = None

    def response(self) -> Response:
        body = json.dumps({"message": self.message}, separators=(",", ":")).encode()
        return Response(self.status, {"Content-Type": "application/json"}, body)


FORBIDDEN = GatewayError(403, "Forbidden")
NOT_FOUND = GatewayError(404, "Not Found")
TOO_LARGE = GatewayError(413, "Request Entity Too Large")
TOO_MANY = GatewayError(429, "Too Many Requests")
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-lambda.html
FAILED = GatewayError(500, "Internal Server Error", "The Lambda function returned an error.")
MALFORMED = GatewayError(
    500,
    "Internal Server Error",
    "The response from the Lambda function doesn't match the format that API Gateway expects. "
    "Lambda body contains the wrong type for field.",
)
REFUSED = GatewayError(
    500,
    "Internal Server Error",
    "The IAM role configured on the integration or API Gateway doesn't have permissions to call "
    "the integration. Check the permissions and try again.",
)
# "If the Lambda API rejects the invocation request, API Gateway returns a 500 error code."
# https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway-errors.html
THROTTLED = GatewayError(500, "Internal Server Error", "Rate Exceeded.")
# https://github.com/serverless/serverless/issues/11222
TIMED_OUT = GatewayError(503, "Service Unavailable", "The integration timed out.")

_DROPPED = {"connection", "content-length", "transfer-encoding", "upgrade", "trailer"}


class MalformedResponse(Exception):
    """The function's result has not the shape that format 2.0 requires."""


def response_of(payload: bytes) -> Response:
    """The response of format 2.0. Raises MalformedResponse.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    """
    try:
        result = json.loads(payload)
    except ValueError as error:
        raise MalformedResponse("the result is not JSON") from error
    if not isinstance(result, dict) or "statusCode" not in result:  # the result is the body
        body = result.encode() if isinstance(result, str) else payload
        return Response(200, {"Content-Type": "application/json"}, body)
    headers = {"Content-Type": "text/plain;charset=UTF-8", **_headers(result)}
    return Response(_status(result["statusCode"]), headers, _body(result))


def _status(value: Any) -> int:
    try:
        status = int(value)
    except (TypeError, ValueError) as error:
        raise MalformedResponse("statusCode is not an integer") from error
    if isinstance(value, bool) or not 100 <= status <= 599:
        raise MalformedResponse("statusCode is not an HTTP status")
    return status


def _headers(result: dict[str, Any]) -> dict[str, str]:
    values, cookies = result.get("headers") or {}, result.get("cookies") or []
    if not isinstance(values, dict) or not isinstance(cookies, list):
        raise MalformedResponse("headers is not an object, or cookies not an array")
    if len(cookies) > 1:
        raise not_emulated("several cookies in a response of an HTTP API")
    headers: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, dict | list) or value is None:
            raise MalformedResponse(f"the header {name} is not a string")
        if (lower := name.lower()) not in _DROPPED:
            text = value if isinstance(value, str) else json.dumps(value)
            headers["Content-Type" if lower == "content-type" else name] = text
    return headers | ({"Set-Cookie": str(cookies[0])} if cookies else {})


def _body(result: dict[str, Any]) -> bytes:
    body = result.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise MalformedResponse("body is not a string")
    if not result.get("isBase64Encoded"):
        return body.encode()
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise MalformedResponse("body is not Base64") from error
