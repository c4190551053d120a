"""``apigateway:invoke``: an HTTP call of an API, signed with the state machine's role.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-api-gateway.html
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from botocore.awsrequest import HeadersDict

from localcloud.gateway.errors import not_emulated
from localcloud.gateway.gateway import ConnectionCut
from localcloud.gateway.http import Request, Response
from localcloud.gateway.principals import Principal
from localcloud.stepfunctions.errors import RUNTIME, StateError
from localcloud.stepfunctions.fields import Fields
from localcloud.stepfunctions.integrations.integration import Integration, TaskCall
from localcloud.stepfunctions.quotas import dumps

_ARGUMENTS = {
    "ApiEndpoint",
    "Method",
    "Headers",
    "Stage",
    "Path",
    "QueryParameters",
    "RequestBody",
    "AllowNullValues",
    "AuthType",
}
_REQUIRED = ("ApiEndpoint", "Method")
_METHODS = {"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"}


class ApiGatewayInvoke(Integration):
    """Result: Headers, ResponseBody, StatusCode, StatusText. Errors: ``ApiGateway.<status>``."""

    def __init__(self) -> None:
        super().__init__("apigateway", "invoke")

    def check(self, fields: Fields, arguments: dict[str, Any]) -> None:
        for name in arguments:
            if name not in _ARGUMENTS:
                fields.wrong("Arguments", f'The field "{name}" is not supported by Step Functions')
        for name in _REQUIRED:
            if name not in arguments:
                fields.wrong("Arguments", f"The field '{name}' is required but was missing")
        if arguments.get("AuthType") == "RESOURCE_POLICY":
            raise not_emulated("AuthType RESOURCE_POLICY of apigateway:invoke")

    def call(self, call: TaskCall, arguments: Any) -> Any:
        request, signed = _request(arguments)
        # The gateway takes the caller from us: a signature made here would only be checked there
        # again.
        principal = call.execution.machine.principal if signed else Principal(arn="anonymous")
        try:
            response = call.execution.engine.cloud.gateway.handle(request, principal)
        except ConnectionCut as cut:
            raise StateError("ApiGateway.SdkClientException", str(cut)) from cut
        if response.status >= 400:
            raise StateError(
                f"ApiGateway.{response.status}", response.body.decode(errors="replace")
            )
        return {
            "Headers": {name: [value] for name, value in response.headers.items()},
            "ResponseBody": _body(response),
            "StatusCode": response.status,
            "StatusText": HTTPStatus(response.status).phrase,
        }


def _request(arguments: Any) -> tuple[Request, bool]:
    """The request, and whether it carries the role's identity."""
    if not isinstance(arguments, dict) or any(name not in arguments for name in _REQUIRED):
        raise _bad(arguments, "The fields 'ApiEndpoint' and 'Method' are required")
    method, auth = arguments["Method"], arguments.get("AuthType", "NO_AUTH")
    if method not in _METHODS:
        raise _bad(arguments, "The value for the field 'Method' must be an HTTP method")
    if auth not in ("IAM_ROLE", "NO_AUTH"):
        raise _bad(
            arguments, "The value for the field 'AuthType' must be one of [NO_AUTH, IAM_ROLE]"
        )
    parts = [str(arguments[name]).strip("/") for name in ("Stage", "Path") if arguments.get(name)]
    path = "/".join(quote(part, safe="/") for part in parts)
    url = f"https://{arguments['ApiEndpoint']}/{path}"
    if parameters := arguments.get("QueryParameters"):
        url += "?" + urlencode(parameters, doseq=True)
    headers = HeadersDict()
    body = b""
    if arguments.get("RequestBody") is not None:
        body = dumps(arguments["RequestBody"]).encode()
        headers["Content-Type"] = "application/json"
    for name, value in (arguments.get("Headers") or {}).items():
        headers[name] = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return Request(method, url, headers, body), auth == "IAM_ROLE"


def _bad(arguments: Any, why: str) -> StateError:
    return StateError(
        RUNTIME,
        f"The Parameters '{dumps(arguments)}' could not be used to start the Task: [{why}]",
    )


def _body(response: Response) -> Any:
    text = response.body.decode(errors="replace")
    try:
        return json.loads(text) if text else ""
    except ValueError:
        return text
