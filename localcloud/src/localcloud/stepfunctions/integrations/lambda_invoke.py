"""Lambda: ``arn:aws:states:::lambda:invoke``, and a function's ARN as the Resource itself.

This is the hot path: it makes the request without a boto3 client and hands it to the gateway.
"""

import base64
import json
from typing import Any
from urllib.parse import quote

from botocore.awsrequest import HeadersDict

from localcloud.gateway.gateway import ConnectionCut
from localcloud.gateway.http import Request, Response
from localcloud.json_text import json_or
from localcloud.stepfunctions.compact_json import dumps
from localcloud.stepfunctions.errors import InvalidArguments, StateError
from localcloud.stepfunctions.integrations.conversion import header, sdk_metadata
from localcloud.stepfunctions.integrations.integration import Integration, TaskCall
from localcloud.stepfunctions.integrations.sdk_errors import (
    ServiceError,
    sdk_client_error,
    v1_error,
)


class LambdaInvoke(Integration):
    """Result: ExecutedVersion, Payload, SdkHttpMetadata, SdkResponseMetadata, StatusCode."""

    supported_arguments = (
        "FunctionName", "Payload", "InvocationType", "Qualifier", "ClientContext", "LogType",
    )  # fmt: skip
    required_arguments = ("FunctionName",)

    def __init__(self) -> None:
        super().__init__("lambda", "invoke")

    def validate(self, arguments: Any) -> None:
        if not isinstance(arguments, dict) or not isinstance(arguments.get("FunctionName"), str):
            raise InvalidArguments("The field 'FunctionName' is required but was missing")

    def call(self, call: TaskCall, arguments: Any) -> Any:
        arguments = {**arguments, "Payload": _text(arguments.get("Payload"))}
        response = invoke(call, arguments)
        result: dict[str, Any] = {
            "ExecutedVersion": header(response.headers, "X-Amz-Executed-Version") or "$LATEST",
            "Payload": _payload(response) if response.body else {},
            "StatusCode": response.status,
            **sdk_metadata(response.status, response.headers),
        }
        if log_tail := header(response.headers, "X-Amz-Log-Result"):
            result["LogResult"] = log_tail
        return result


class LambdaFunction(Integration):
    """Result: what the function returned. ``resource`` is its ARN."""

    event_prefix = "LambdaFunction"

    def __init__(self, arn: str) -> None:
        super().__init__("lambda", arn)

    @property
    def resource_name(self) -> str:
        return self.resource

    @property
    def event_details(self) -> dict[str, Any]:
        return {}

    def scheduled_details(self, _: str, arguments: Any) -> dict[str, Any]:
        return {"resource": self.resource, "input": arguments}

    def call(self, call: TaskCall, arguments: Any) -> Any:
        payload = dumps(arguments)
        return _payload(invoke(call, {"FunctionName": self.resource, "Payload": payload}))


def _text(payload: Any) -> str:
    """The Payload as it is sent: AWS was recorded sending text as it stands, and null as {}."""
    # https://github.com/localstack/localstack/blob/main/tests/aws/services/stepfunctions/v2/services/test_lambda_task_service.snapshot.json
    if payload is None:
        return "{}"
    return payload if isinstance(payload, str) else dumps(payload)


def invoke(call: TaskCall, arguments: dict[str, Any]) -> Response:
    """Raises StateError if Lambda refuses the call, and if the function fails."""
    machine = call.execution.machine
    request = _request(machine.region, arguments)
    try:
        response = call.execution.engine.cloud.gateway.handle(request, machine.principal)
    except ConnectionCut as error:
        raise sdk_client_error("Lambda", error) from error
    if response.status >= 400:
        raise _service_error(response)
    if header(response.headers, "X-Amz-Function-Error"):
        raise _function_error(response)
    return response


def _request(region: str, arguments: dict[str, Any]) -> Request:
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
    url = f"https://lambda.{region}.amazonaws.com{path}"
    return Request("POST", url, headers, arguments["Payload"].encode())


def _payload(response: Response) -> Any:
    text = response.body.decode(errors="replace")
    return json_or(text, response.body) if text else None


def _service_error(response: Response) -> StateError:
    body = json_or({}, response.body)
    code = (header(response.headers, "x-amzn-ErrorType") or "").split(":")[0] or str(
        body.get("Code") or body.get("__type", "ServiceException")
    )
    message = str(body.get("Message") or body.get("message") or "")
    request_id = header(response.headers, "x-amzn-RequestId") or ""
    return v1_error("lambda", ServiceError(code, message, response.status, request_id))


def _function_error(response: Response) -> StateError:
    """The function's own error: its type is the error's name, its answer the cause."""
    text = response.body.decode(errors="replace")
    try:
        name = json.loads(text).get("errorType")
    except (ValueError, AttributeError):
        name = None
    if not name:
        return StateError(
            "Lambda.Unknown",
            "The cause could not be determined because Lambda did not return an error type. "
            f"Returned payload: {text}",
        )
    return StateError(str(name), text)
