"""The answers that API Gateway itself gives, without the integration."""

from __future__ import annotations

import json
from typing import NamedTuple

from localcloud.gateway.http import Response


class GatewayError(NamedTuple):
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
