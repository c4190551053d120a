"""A stage's access log: one line a request, in the format that the stage sets.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
"""

from __future__ import annotations

import hashlib
import re
import time
from typing import Any

from localcloud.apigateway.proxy_event import ApiRequest, identity
from localcloud.clock import utc
from localcloud.cloudwatch.logs import LogEvent, LogStream, LogWriter
from localcloud.gateway.principals import role_session

_VARIABLE = re.compile(r"\$context\.([A-Za-z0-9_.-]*[A-Za-z0-9_])")


def write(
    logs: LogWriter,
    settings: dict[str, Any],
    role: str,
    api_request: ApiRequest,
    values: dict[str, Any],
) -> None:
    """``values`` are the variables that the request's outcome sets: status, latencies, error."""
    group = str(settings["destinationArn"]).split(":log-group:")[1].split(":")[0]
    region = settings["destinationArn"].split(":")[3]
    known = {**_context(api_request), **values}
    text = _VARIABLE.sub(lambda match: _shown(known.get(match[1])), settings.get("format") or "")
    name = hashlib.md5(f"{api_request.api_id}/{api_request.stage}".encode(), usedforsecurity=False)
    stream = LogStream(region, group, name.hexdigest(), role_session(role, "apigateway"))
    logs.put(stream, [LogEvent(int(time.time() * 1000), text)])


def _context(api_request: ApiRequest) -> dict[str, Any]:
    route = api_request.match.route
    context = {
        "requestId": api_request.request_id,
        "extendedRequestId": api_request.extended_id,
        "requestTime": utc(api_request.at).strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": int(api_request.at * 1000),
        "accountId": api_request.account,
        "apiId": api_request.api_id,
        "stage": api_request.stage,
        "httpMethod": api_request.request.method.upper(),
        "path": f"/{api_request.stage}{api_request.path}",
        "protocol": "HTTP/1.1",
        "resourceId": route.resource_id,
        "resourcePath": route.resource_path,
        "deploymentId": api_request.deployment_id,
        "domainName": api_request.request.host,
    }
    return {
        **context,
        **{f"identity.{name}": value for name, value in identity(api_request).items()},
    }


def _shown(value: Any) -> str:
    return "-" if value is None else str(value)
