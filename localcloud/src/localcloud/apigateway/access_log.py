"""A stage's access log: one line a request, in the format that the stage sets.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
"""

from __future__ import annotations

import hashlib
import re
import time
from typing import Any

from localcloud.apigateway.proxy_event import ApiRequest, request_context
from localcloud.cloudwatch.logs import LogEvent, LogStream, LogWriter
from localcloud.gateway.principals import role_session

_VARIABLE = re.compile(r"\$context\.([A-Za-z0-9_.-]*[A-Za-z0-9_])")


def write(
    logs: LogWriter,
    settings: dict[str, Any],
    role: str,
    request: ApiRequest,
    outcome: dict[str, Any],
) -> None:
    """``outcome`` are the variables that the response sets: status, latencies, error."""
    destination = str(settings["destinationArn"])
    region, group = destination.split(":")[3], destination.split(":log-group:")[1].split(":")[0]
    context = request_context(request)
    identity = {f"identity.{name}": value for name, value in context.pop("identity").items()}
    variables = {**context, **identity, **outcome}
    text = _VARIABLE.sub(lambda match: _text(variables.get(match[1])), settings.get("format") or "")
    name = hashlib.md5(f"{request.api_id}/{request.stage}".encode(), usedforsecurity=False)
    stream = LogStream(region, group, name.hexdigest(), role_session(role, "apigateway"))
    logs.add(stream, [LogEvent(int(time.time() * 1000), text)])


def _text(value: Any) -> str:
    return "-" if value is None else str(value)
