"""Task states that call Lambda: the request, the result and the names of errors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localcloud.gateway.errors import ApiError
from localcloud.gateway.gateway import ConnectionCut
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from tests.stepfunctions.definitions import machine
from tests.stepfunctions.environment import ACCOUNT, REGION, Environment

_LAMBDA = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"


class Function:
    """Replaces Lambda: answers every Invoke with ``response``, or raises it."""

    def __init__(self, env: Environment) -> None:
        self.calls: list[Call] = []
        self.response: Any = Response(200, {"X-Amz-Executed-Version": "$LATEST"}, b'{"v":1}')
        env.cloud.gateway.register("lambda", self)

    def __call__(self, call: Call) -> Response:
        self.calls.append(call)
        if isinstance(self.response, Exception):
            raise self.response
        response: Response = self.response
        return response


@pytest.fixture
def function(env: Environment) -> Function:
    return Function(env)


def test_lambda_invoke_returns_payload_and_metadata(env: Environment, function: Function) -> None:
    arguments = {"FunctionName": _LAMBDA, "Payload": {"a": "{% 1 %}"}, "Qualifier": "live"}
    result = env.result_of("lambda:invoke", arguments)
    assert result["Payload"] == {"v": 1}
    assert (result["StatusCode"], result["ExecutedVersion"]) == (200, "$LATEST")
    assert result["SdkHttpMetadata"]["HttpStatusCode"] == 200
    (call,) = function.calls
    assert call.name == "Invoke"
    assert call.params["FunctionName"] == _LAMBDA
    assert call.params["Qualifier"] == "live"
    assert call.request.body == b'{"a":1}'
    assert call.principal.role_arn == env.role_arn


@pytest.mark.parametrize(
    ("payload", "body"),
    [
        ('{"a": 1}', b'{"a": 1}'),
        ("{% 'text' %}", b"text"),
        (None, b"{}"),
        ("{% null %}", b"{}"),
        ([1], b"[1]"),
    ],
)
def test_text_is_sent_as_it_stands_and_null_as_an_empty_object(
    env: Environment, function: Function, payload: Any, body: bytes
) -> None:
    env.result_of("lambda:invoke", {"FunctionName": _LAMBDA, "Payload": payload})
    assert function.calls[0].request.body == body


def test_a_function_as_resource_returns_its_payload(env: Environment, function: Function) -> None:
    execution = env.run(
        machine({"A": {"Type": "Task", "Resource": _LAMBDA, "End": True}}), {"a": 1}
    )
    assert json.loads(execution["output"]) == {"v": 1}
    assert function.calls[0].request.body == b'{"a":1}'


@pytest.mark.parametrize(
    ("payload", "error", "cause"),
    [
        ('{"errorType":"MyError","errorMessage":"m"}', "MyError", '{"errorType":"MyError"'),
        ('{"errorMessage":"Task timed out"}', "Lambda.Unknown", "Returned payload: {"),
    ],
)
def test_an_error_of_the_function_is_named_by_its_type(
    env: Environment, function: Function, payload: str, error: str, cause: str
) -> None:
    function.response = Response(200, {"X-Amz-Function-Error": "Unhandled"}, payload.encode())
    execution = env.run_task("lambda:invoke", {"FunctionName": "f"})
    assert execution["error"] == error
    assert cause in execution["cause"]


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (ApiError("ResourceNotFoundException", "m", 404), "Lambda.ResourceNotFoundException"),
        (ApiError("TooManyRequestsException", "m", 429), "Lambda.TooManyRequestsException"),
        (ApiError("ServiceException", "m", 500), "Lambda.ServiceException"),
        (ApiError("AccessDeniedException", "m", 403), "Lambda.AWSLambdaException"),
        (ConnectionCut("no route"), "Lambda.SdkClientException"),
        (ApiError("LocalCloudNotEmulated", "m", 501), "LocalCloudNotEmulated"),
    ],
)
def test_an_error_of_lambda_is_named_as_in_the_sdk_for_java(
    env: Environment, function: Function, response: Exception, error: str
) -> None:
    function.response = response
    assert env.run_task("lambda:invoke", {"FunctionName": "f"})["error"] == error
