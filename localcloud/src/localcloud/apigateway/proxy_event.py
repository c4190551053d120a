"""A request as the event of a Lambda proxy integration (1.0), and as a line of the access log.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

import hashlib
import re
import time
from dataclasses import dataclass
from typing import Any

from moto.apigateway.models import RestAPI, Stage

from localcloud.apigateway.routes import Match
from localcloud.clock import utc
from localcloud.cloudwatch.logs import LogEvent, LogStream, LogWriter
from localcloud.gateway.http import Request, Response
from localcloud.gateway.principals import role_session

_DROPPED_HEADERS = {"connection", "transfer-encoding", "content-length"}


@dataclass(frozen=True)
class Caller:
    """Who signed the request."""

    arn: str
    access_key: str
    user_id: str | None


@dataclass(frozen=True)
class ApiRequest:
    """A request at a stage."""

    http: Request
    caller: Caller | None
    account: str
    region: str
    api: RestAPI
    stage: Stage
    match: Match
    path: str  # without the stage
    request_id: str
    extended_id: str
    time: float


def proxy_event(request: ApiRequest) -> dict[str, Any]:
    http = request.http
    headers, query = _headers(request), http.query
    return {
        "resource": request.match.route.resource_path,
        "path": request.path,
        "httpMethod": http.method.upper(),
        "headers": {name: values[-1] for name, values in headers.items()},
        "multiValueHeaders": headers,
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": request.match.path_parameters or None,
        "stageVariables": request.stage.variables or None,
        "requestContext": request_context(request),
        "body": http.body.decode(errors="replace") if http.body else None,
        "isBase64Encoded": False,  # an API has no binary types
    }


def request_context(request: ApiRequest) -> dict[str, Any]:
    """``requestContext``, whose members are the access log's variables, too."""
    http, route = request.http, request.match.route
    context = {
        "resourceId": route.resource_id,
        "resourcePath": route.resource_path,
        "httpMethod": http.method.upper(),
        "extendedRequestId": request.extended_id,
        "requestTime": utc(request.time).strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "path": f"/{request.stage.name}{request.path}",
        "accountId": request.account,
        "protocol": "HTTP/1.1",
        "stage": request.stage.name,
        "domainPrefix": request.api.id,
        "requestTimeEpoch": int(request.time * 1000),
        "requestId": request.request_id,
        "identity": _identity(request),
        "domainName": http.host,
        "deploymentId": str(request.stage.deployment_id),
        "apiId": request.api.id,
    }
    if route.operation_name:
        context["operationName"] = route.operation_name
    return context


def _identity(request: ApiRequest) -> dict[str, Any]:
    caller = request.caller
    return {
        "cognitoIdentityPoolId": None,
        "accountId": request.account if caller else None,
        "cognitoIdentityId": None,
        "caller": caller.user_id if caller else None,
        "sourceIp": "127.0.0.1",
        "principalOrgId": None,
        "accessKey": caller.access_key if caller else None,
        "cognitoAuthenticationType": None,
        "cognitoAuthenticationProvider": None,
        "userArn": caller.arn if caller else None,
        "userAgent": request.http.header("User-Agent") or None,
        "user": caller.user_id if caller else None,
    }


def _headers(request: ApiRequest) -> dict[str, list[str]]:
    headers: dict[str, list[str]] = {}
    for name, value in request.http.headers.items():
        if name.lower() not in _DROPPED_HEADERS:
            text = value.decode() if isinstance(value, bytes) else str(value)
            headers.setdefault(str(name), []).append(text)
    headers.setdefault("Host", [request.http.host])
    headers["X-Forwarded-For"] = ["127.0.0.1"]
    headers["X-Forwarded-Port"] = ["443"]
    headers["X-Forwarded-Proto"] = ["https"]
    trace = f"Root=1-{int(time.time()):08x}-{request.request_id.replace('-', '')[:24]}"
    headers.setdefault("X-Amzn-Trace-Id", [trace])
    return headers


_VARIABLE = re.compile(r"\$context\.([A-Za-z0-9_.-]*[A-Za-z0-9_])")


def write_access_log(
    logs: LogWriter,
    role: str,
    request: ApiRequest,
    response: Response,
    message: str | None,
    latency: float,
) -> None:
    """``role`` writes; ``message`` is that of an error of API Gateway's own."""
    settings, stage = request.stage.access_log_settings or {}, request.stage.name
    destination = str(settings["destinationArn"])
    region, group = destination.split(":")[3], destination.split(":log-group:")[1].split(":")[0]
    context = request_context(request)
    identity = {f"identity.{name}": value for name, value in context.pop("identity").items()}
    variables = {
        **context,
        **identity,
        "status": response.status,
        "responseLatency": int(latency),
        "integrationLatency": int(latency),
        "responseLength": len(response.body),
        "error.message": message,
        "error.messageString": f'"{message}"' if message else None,
    }
    texts = {key: "-" if value is None else str(value) for key, value in variables.items()}
    text = _VARIABLE.sub(lambda match: texts.get(match[1], "-"), settings.get("format") or "")
    name = hashlib.md5(f"{request.api.id}/{stage}".encode(), usedforsecurity=False)
    stream = LogStream(region, group, name.hexdigest(), role_session(role, "apigateway"))
    logs.add(stream, [LogEvent(int(time.time() * 1000), text)])
