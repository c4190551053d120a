"""Lambda: ``arn:aws:states:::lambda:invoke``, and a function's ARN as the Resource itself.

The hot path: the request is made here, without a boto3 client, and goes to the gateway as any
other.
"""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

from botocore.awsrequest import HeadersDict

from localcloud.gateway.gateway import ConnectionCut
from localcloud.gateway.http import Request, Response
from localcloud.stepfunctions.errors import StateError
from localcloud.stepfunctions.fields import Fields
from localcloud.stepfunctions.integrations.integration import (
    Integration,
    LambdaFunctionEvents,
    TaskCall,
)
from localcloud.stepfunctions.integrations.metadata import http_metadata
from localcloud.stepfunctions.integrations.sdk_errors import (
    not_emulated_code,
    sdk_client_error,
    v1_error,
    v1_names,
)
from localcloud.stepfunctions.quotas import dumps

_ARGUMENTS = {
    "FunctionName",
    "Payload",
    "InvocationType",
    "Qualifier",
    "ClientContext",
    "LogType",
}


class LambdaInvoke(Integration):
    """Result: ExecutedVersion, Payload, SdkHttpMetadata, SdkResponseMetadata, StatusCode."""

    def __init__(self) -> None:
        super().__init__("lambda", "invoke")

    def check(self, fields: Fields, arguments: dict[str, Any]) -> None:
        for name in arguments:
            if name not in _ARGUMENTS:
                fields.wrong("Arguments", f'The field "{name}" is not supported by Step Functions')
        if "FunctionName" not in arguments:
            fields.wrong("Arguments", "The field 'FunctionName' is required but was missing")

    def call(self, call: TaskCall, arguments: Any) -> Any:
        if not isinstance(arguments, dict) or not isinstance(arguments.get("FunctionName"), str):
            raise StateError(
                "States.Runtime",
                f"The Parameters '{dumps(arguments)}' could not be used to start the Task: "
                "[The field 'FunctionName' is required but was missing]",
            )
        response = invoke(call, arguments)
        result: dict[str, Any] = {
            "ExecutedVersion": _header(response, "X-Amz-Executed-Version") or "$LATEST"
        }
        if response.body:
            result["Payload"] = _payload(response)
        else:
            result["Payload"] = {}
        if logged := _header(response, "X-Amz-Log-Result"):
            result["LogResult"] = logged
        return {**result, **http_metadata(response), "StatusCode": response.status}


class LambdaFunction(Integration):
    """Result: what the function returned. ``resource`` is its ARN."""

    events = LambdaFunctionEvents()

    def __init__(self, arn: str) -> None:
        super().__init__("lambda", arn)

    @property
    def resource_name(self) -> str:
        return self.resource

    def call(self, call: TaskCall, arguments: Any) -> Any:
        return _payload(invoke(call, {"FunctionName": self.resource, "Payload": arguments}))


def invoke(call: TaskCall, arguments: dict[str, Any]) -> Response:
    """A successful answer. Raises StateError for what Lambda refused, and for what the function
    raised.
    """
    machine = call.execution.machine
    headers = HeadersDict()
    headers["Content-Type"] = "application/json"
    headers["X-Amz-Invocation-Type"] = arguments.get("InvocationType", "RequestResponse")
    if "LogType" in arguments:
        headers["X-Amz-Log-Type"] = arguments["LogType"]
    if "ClientContext" in arguments:
        context = arguments["ClientContext"]
        text = context if isinstance(context, str) else dumps(context)
        headers["X-Amz-Client-Context"] = base64.b64encode(text.encode()).decode()
    path = f"/2015-03-31/functions/{quote(arguments['FunctionName'], safe='')}/invocations"
    if "Qualifier" in arguments:
        path += f"?Qualifier={quote(arguments['Qualifier'], safe='')}"
    url = f"https://lambda.{machine.region}.amazonaws.com{path}"
    body = dumps(arguments["Payload"]).encode() if "Payload" in arguments else b""
    try:
        response = call.execution.engine.cloud.gateway.handle(
            Request("POST", url, headers, body), machine.principal
        )
    except ConnectionCut as cut:
        raise sdk_client_error("Lambda", cut) from cut
    if response.status >= 400:
        raise _refused(response)
    if _header(response, "X-Amz-Function-Error"):
        raise _raised(response)
    return response


def _payload(response: Response) -> Any:
    try:
        return json.loads(response.body) if response.body else None
    except ValueError:
        return response.body.decode(errors="replace")


def _refused(response: Response) -> StateError:
    try:
        answer = json.loads(response.body)
    except ValueError:
        answer = {}
    code = (_header(response, "x-amzn-ErrorType") or "").split(":")[0] or str(
        answer.get("Code") or answer.get("__type", "ServiceException")
    )
    message = str(answer.get("Message") or answer.get("message") or "")
    if special := not_emulated_code(code, message):
        return special
    request_id = _header(response, "x-amzn-RequestId") or ""
    return v1_error(v1_names("lambda"), code, message, response.status, request_id)


def _raised(response: Response) -> StateError:
    """The function's own error: its type is the error's name, its answer the cause."""
    text = response.body.decode(errors="replace")
    try:
        kind = json.loads(text).get("errorType")
    except (ValueError, AttributeError):
        kind = None
    if not kind:
        return StateError(
            "Lambda.Unknown",
            "The cause could not be determined because Lambda did not return an error type. "
            f"Returned payload: {text}",
        )
    return StateError(str(kind), text)


def _header(response: Response, name: str) -> str | None:
    wanted = name.lower()
    return next((v for k, v in response.headers.items() if k.lower() == wanted), None)
