"""A stage's access log: one line a request, in the format that the stage sets.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
"""

from __future__ import annotations

import hashlib
import re
import time
from typing import Any

from localcloud.apigateway.event import Arrival, identity
from localcloud.clock import utc
from localcloud.cloudwatch.logs import LogEvent, LogStream, LogWriter
from localcloud.gateway.principals import role_session

_VARIABLE = re.compile(r"\$context\.([A-Za-z0-9_.-]*[A-Za-z0-9_])")


def write(
    logs: LogWriter, settings: dict[str, Any], role: str, arrival: Arrival, values: dict[str, Any]
) -> None:
    """``values`` are the variables that the request's outcome sets: status, latencies, error."""
    group = str(settings["destinationArn"]).split(":log-group:")[1].split(":")[0]
    region = settings["destinationArn"].split(":")[3]
    known = {**_context(arrival), **values}
    text = _VARIABLE.sub(lambda match: _shown(known.get(match[1])), settings.get("format") or "")
    name = hashlib.md5(f"{arrival.api_id}/{arrival.stage}".encode(), usedforsecurity=False)
    stream = LogStream(region, group, name.hexdigest(), role_session(role, "apigateway"))
    logs.put(stream, [LogEvent(int(time.time() * 1000), text)])


def _context(arrival: Arrival) -> dict[str, Any]:
    route = arrival.match.route
    context = {
        "requestId": arrival.request_id,
        "extendedRequestId": arrival.extended_id,
        "requestTime": utc(arrival.at).strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": int(arrival.at * 1000),
        "accountId": arrival.account,
        "apiId": arrival.api_id,
        "stage": arrival.stage,
        "httpMethod": arrival.request.method.upper(),
        "path": f"/{arrival.stage}{arrival.path}",
        "protocol": "HTTP/1.1",
        "resourceId": route.resource_id,
        "resourcePath": route.resource_path,
        "deploymentId": arrival.deployment_id,
        "domainName": arrival.request.host,
    }
    return {**context, **{f"identity.{name}": value for name, value in identity(arrival).items()}}


def _shown(value: Any) -> str:
    return "-" if value is None else str(value)
