"""A request at a stage: the event of format 2.0, and the variables of access logs.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
"""

import base64
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from localcloud.apigatewayv2.model import HttpApi
from localcloud.apigatewayv2.routes import DEFAULT_ROUTE, Match
from localcloud.clock import utc
from localcloud.gateway.http import Request
from localcloud.settings import ACCOUNT_ID

DEFAULT_STAGE = "$default"
_HOP_HEADERS = {"connection", "transfer-encoding", "cookie"}
# What a request to AWS showed: https://github.com/ministackorg/ministack/pull/766
_TEXT = {"application/javascript", "application/json", "application/xml"}


@dataclass(frozen=True)
class Caller:
    """Who signed the request."""

    arn: str
    access_key: str
    user_id: str | None


@dataclass(frozen=True)
class ApiRequest:
    """A request at a stage; ``match`` is None where no route is for it."""

    http: Request
    region: str
    api: HttpApi
    stage: str
    match: Match | None
    request_id: str
    time: float

    @property
    def path(self) -> str:
        """With the name of the stage, as the client sent it."""
        return unquote(self.http.parts.path) or "/"

    @property
    def method(self) -> str:
        return self.http.method.upper()

    @property
    def route_key(self) -> str | None:
        return str(self.match.route["RouteKey"]) if self.match else None

    @property
    def source_arn(self) -> str:
        """The ARN by which the function's policy knows the route."""
        key = self.route_key or DEFAULT_ROUTE
        path = key if key == DEFAULT_ROUTE else self.method + key.partition(" ")[2]
        return f"{self._arn}/{path}"

    @property
    def invoked_arn(self) -> str:
        """The resource of execute-api:Invoke: stage, method and the path behind the stage."""
        path = self.path
        if self.stage != DEFAULT_STAGE:
            path = path.removeprefix(f"/{self.stage}")
        return f"{self._arn}/{self.method}/{path.lstrip('/')}"

    @property
    def _arn(self) -> str:
        return f"arn:aws:execute-api:{self.region}:{ACCOUNT_ID}:{self.api.id}/{self.stage}"


def event(request: ApiRequest, caller: Caller | None) -> dict[str, Any]:
    """The event of format 2.0. Members that have nothing are left out."""
    http = request.http
    headers = _headers(request)
    query = {name: ",".join(values) for name, values in http.query.items()}
    optional = {
        "cookies": [cookie for cookie in http.header("Cookie").split("; ") if cookie],
        "queryStringParameters": query,
        "pathParameters": request.match.parameters if request.match else {},
    }
    body, is_encoded = _body(http)
    return {
        "version": "2.0",
        "routeKey": request.route_key,
        "rawPath": request.path,
        "rawQueryString": http.parts.query,
        "headers": headers,
        **{name: value for name, value in optional.items() if value},
        "requestContext": _context(request, caller),
        **({} if body is None else {"body": body}),
        "isBase64Encoded": is_encoded,
    }


def _context(request: ApiRequest, caller: Caller | None) -> dict[str, Any]:
    http = request.http
    return {
        "accountId": ACCOUNT_ID,
        "apiId": request.api.id,
        **({"authorizer": {"iam": _identity(caller)}} if caller else {}),
        "domainName": http.host,
        "domainPrefix": request.api.id,
        "http": {
            "method": request.method,
            "path": request.path,
            "protocol": "HTTP/1.1",
            "sourceIp": "127.0.0.1",
            "userAgent": http.header("User-Agent"),
        },
        "requestId": request.request_id,
        "routeKey": request.route_key,
        "stage": request.stage,
        "time": _time(request),
        "timeEpoch": int(request.time * 1000),
    }


def _identity(caller: Caller) -> dict[str, Any]:
    return {
        "accessKey": caller.access_key,
        "accountId": ACCOUNT_ID,
        "callerId": caller.user_id,
        "cognitoIdentity": None,
        "principalOrgId": None,
        "userArn": caller.arn,
        "userId": caller.user_id,
    }


def _time(request: ApiRequest) -> str:
    return utc(request.time).strftime("%d/%b/%Y:%H:%M:%S +0000")


def _headers(request: ApiRequest) -> dict[str, str]:
    http = request.http
    headers: dict[str, list[str]] = {"content-length": [str(len(http.body))], "host": [http.host]}
    for name, value in http.headers.items():
        lower = str(name).lower()
        if lower not in _HOP_HEADERS and lower not in ("content-length", "host"):
            text = value.decode() if isinstance(value, bytes) else str(value)
            headers.setdefault(lower, []).append(text)
    trace_id = request.request_id.encode().hex()[:24]
    headers.setdefault("x-amzn-trace-id", [f"Root=1-{int(request.time):08x}-{trace_id}"])
    headers |= {
        "x-forwarded-for": ["127.0.0.1"],
        "x-forwarded-port": ["443"],
        "x-forwarded-proto": ["https"],
    }
    return {name: ",".join(values) for name, values in sorted(headers.items())}


def _body(http: Request) -> tuple[str | None, bool]:
    if not http.body:
        return None, False
    kind = http.header("Content-Type").partition(";")[0].strip().lower()
    if kind.startswith("text/") or kind in _TEXT:
        return http.body.decode(errors="replace"), False
    return base64.b64encode(http.body).decode(), True


def variables(request: ApiRequest, caller: Caller | None) -> dict[str, Any]:
    """The ``$context`` variables of a request, without those of its response."""
    return {
        "accountId": ACCOUNT_ID,
        "apiId": request.api.id,
        "domainName": request.http.host,
        "domainPrefix": request.api.id,
        "extendedRequestId": request.request_id,
        "httpMethod": request.method,
        "identity.accountId": ACCOUNT_ID if caller else None,
        "identity.caller": caller.user_id if caller else None,
        "identity.sourceIp": "127.0.0.1",
        "identity.user": caller.user_id if caller else None,
        "identity.userAgent": request.http.header("User-Agent") or None,
        "identity.userArn": caller.arn if caller else None,
        "path": request.path,
        "protocol": "HTTP/1.1",
        "requestId": request.request_id,
        "requestTime": _time(request),
        "requestTimeEpoch": int(request.time * 1000),
        "routeKey": request.route_key,
        "stage": request.stage,
    }
