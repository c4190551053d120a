"""The event of a Lambda proxy integration, payload format 1.0.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from localcloud.apigateway.routes import Match
from localcloud.clock import utc
from localcloud.gateway.http import Request


@dataclass(frozen=True)
class Caller:
    """Who signed the request."""

    arn: str
    access_key: str
    user_id: str | None


@dataclass(frozen=True)
class ApiRequest:
    """One request at a stage."""

    request: Request
    caller: Caller | None
    account: str
    api_id: str
    stage: str
    deployment_id: str
    stage_variables: dict[str, str]
    binary_types: list[str]
    match: Match
    path: str  # without the stage
    request_id: str
    extended_id: str
    at: float


def proxy_event(api_request: ApiRequest) -> dict[str, Any]:
    request, route = api_request.request, api_request.match.route
    headers = _headers(request, api_request)
    query = request.query
    body, encoded = _body(request, api_request.binary_types)
    return {
        "resource": route.resource_path,
        "path": api_request.path,
        "httpMethod": request.method.upper(),
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": api_request.match.path_parameters or None,
        "stageVariables": api_request.stage_variables or None,
        "requestContext": _context(api_request),
        "body": body,
        "isBase64Encoded": encoded,
    }


def media_type_matches(content_type: str, wanted: list[str]) -> bool:
    plain = content_type.split(";", 1)[0].strip().lower()
    return any(fnmatchcase(plain, pattern.lower()) for pattern in wanted)


def _context(api_request: ApiRequest) -> dict[str, Any]:
    request, route = api_request.request, api_request.match.route
    context = {
        "resourceId": route.resource_id,
        "resourcePath": route.resource_path,
        "httpMethod": request.method.upper(),
        "extendedRequestId": api_request.extended_id,
        "requestTime": utc(api_request.at).strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "path": f"/{api_request.stage}{api_request.path}",
        "accountId": api_request.account,
        "protocol": "HTTP/1.1",
        "stage": api_request.stage,
        "domainPrefix": api_request.api_id,
        "requestTimeEpoch": int(api_request.at * 1000),
        "requestId": api_request.request_id,
        "identity": identity(api_request),
        "domainName": request.host,
        "deploymentId": api_request.deployment_id,
        "apiId": api_request.api_id,
    }
    if route.operation_name:
        context["operationName"] = route.operation_name
    return context


def identity(api_request: ApiRequest) -> dict[str, Any]:
    request, caller = api_request.request, api_request.caller
    return {
        "cognitoIdentityPoolId": None,
        "accountId": api_request.account if caller else None,
        "cognitoIdentityId": None,
        "caller": caller.user_id if caller else None,
        "sourceIp": "127.0.0.1",
        "principalOrgId": None,
        "accessKey": caller.access_key if caller else None,
        "cognitoAuthenticationType": None,
        "cognitoAuthenticationProvider": None,
        "userArn": caller.arn if caller else None,
        "userAgent": request.header("User-Agent") or None,
        "user": caller.user_id if caller else None,
    }


def _headers(request: Request, api_request: ApiRequest) -> dict[str, list[str]]:
    headers: dict[str, list[str]] = {}
    for name, value in request.headers.items():
        text = value.decode() if isinstance(value, bytes) else str(value)
        headers.setdefault(str(name), []).append(text)
    for dropped in ("Connection", "Transfer-Encoding", "Content-Length"):
        headers = {name: one for name, one in headers.items() if name.lower() != dropped.lower()}
    headers.setdefault("Host", [request.host])
    headers["X-Forwarded-For"] = ["127.0.0.1"]
    headers["X-Forwarded-Port"] = ["443"]
    headers["X-Forwarded-Proto"] = ["https"]
    trace = f"Root=1-{int(time.time()):08x}-{api_request.request_id.replace('-', '')[:24]}"
    headers.setdefault("X-Amzn-Trace-Id", [trace])
    return headers


def _body(request: Request, binary_types: list[str]) -> tuple[str | None, bool]:
    if not request.body:
        return None, False
    if media_type_matches(request.header("Content-Type"), binary_types):
        return base64.b64encode(request.body).decode(), True
    return request.body.decode(errors="replace"), False
