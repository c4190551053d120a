"""``apigateway:invoke``: an HTTP call of an API, signed with the state machine's role.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-api-gateway.html
"""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from botocore.awsrequest import HeadersDict

from localcloud.gateway.errors import not_emulated
from localcloud.gateway.gateway import ConnectionCut
from localcloud.gateway.http import Request, Response
from localcloud.gateway.principals import ANONYMOUS, Principal
from localcloud.json_text import json_or
from localcloud.stepfunctions.compact_json import dumps
from localcloud.stepfunctions.errors import InvalidArguments, StateError
from localcloud.stepfunctions.fields import Fields
from localcloud.stepfunctions.integrations.integration import Integration, TaskCall

_METHODS = {"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"}


class ApiGatewayInvoke(Integration):
    """Result: Headers, ResponseBody, StatusCode, StatusText. Errors: ``ApiGateway.<status>``."""

    supported_arguments = (
        "ApiEndpoint", "Method", "Headers", "Stage", "Path", "QueryParameters", "RequestBody",
        "AllowNullValues", "AuthType",
    )  # fmt: skip
    required_arguments = ("ApiEndpoint", "Method")

    def __init__(self) -> None:
        super().__init__("apigateway", "invoke")

    def check(self, fields: Fields, arguments: dict[str, Any]) -> None:
        super().check(fields, arguments)
        if arguments.get("AuthType") == "RESOURCE_POLICY":
            raise not_emulated("AuthType RESOURCE_POLICY of apigateway:invoke")

    def call(self, call: TaskCall, arguments: Any) -> Any:
        # The caller is named to the gateway: a signature made here would only be checked again.
        is_signed = arguments.get("AuthType") == "IAM_ROLE"
        principal = call.execution.machine.principal if is_signed else Principal(arn=ANONYMOUS)
        try:
            response = call.execution.engine.cloud.gateway.handle(_request(arguments), principal)
        except ConnectionCut as error:
            raise StateError("ApiGateway.SdkClientException", str(error)) from error
        # "If the API call returns any HTTP status code other than 2XX", says the page.
        if not 200 <= response.status < 300:
            cause = response.body.decode(errors="replace")
            raise StateError(f"ApiGateway.{response.status}", cause)
        return {
            "Headers": {name: [value] for name, value in response.headers.items()},
            "ResponseBody": _body(response),
            "StatusCode": response.status,
            "StatusText": HTTPStatus(response.status).phrase,
        }

    def validate(self, arguments: Any) -> None:
        reason = None
        if not isinstance(arguments, dict) or not arguments.keys() >= {*self.required_arguments}:
            reason = "The fields 'ApiEndpoint' and 'Method' are required"
        elif arguments["Method"] not in _METHODS:
            reason = "The value for the field 'Method' must be an HTTP method"
        elif arguments.get("AuthType", "NO_AUTH") not in ("IAM_ROLE", "NO_AUTH"):
            reason = "The value for the field 'AuthType' must be one of [NO_AUTH, IAM_ROLE]"
        if reason:
            raise InvalidArguments(reason)


def _request(arguments: dict[str, Any]) -> Request:
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
    return Request(arguments["Method"], url, headers, body)


def _body(response: Response) -> Any:
    text = response.body.decode(errors="replace")
    return json_or(text, text)
