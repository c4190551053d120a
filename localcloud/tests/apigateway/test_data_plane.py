"""A deployed API answers as API Gateway would."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.gateway.http import Response
from localcloud.gateway.principals import role_session
from localcloud.usage import units
from tests.apigateway.environment import ACCOUNT, ECHO, REGION, Environment, operation

MISSING_TOKEN = {"message": "Missing Authentication Token"}


def _json(response: Response) -> Any:
    return json.loads(response.body)


@pytest.fixture(scope="module")
def echo(env: Environment) -> str:
    return env.function(ECHO)


@pytest.fixture(scope="module")
def api(env: Environment, echo: str) -> str:
    return env.deploy(
        {
            "/records/{id}": {"post": operation(echo, signed=True), "get": operation(echo)},
        },
    )


def test_the_function_gets_a_proxy_event(env: Environment, api: str) -> None:
    response = env.call(
        api, "POST", "/v1/records/7?a=1&a=2", b'{"x":1}', env.caller, User_Agent="me"
    )
    assert (response.status, response.headers["X-A"]) == (201, "b")
    event = _json(response)
    context = event.pop("requestContext")
    identity = context.pop("identity")
    for member in ("headers", "multiValueHeaders"):
        assert event.pop(member)["Host"]
    assert event == {
        "resource": "/records/{id}",
        "path": "/records/7",
        "httpMethod": "POST",
        "queryStringParameters": {"a": "2"},
        "multiValueQueryStringParameters": {"a": ["1", "2"]},
        "pathParameters": {"id": "7"},
        "stageVariables": None,
        "body": '{"x":1}',
        "isBase64Encoded": False,
    }
    assert context["requestId"] == response.headers["x-amzn-RequestId"]
    assert context["extendedRequestId"] == response.headers["x-amz-apigw-id"]
    assert context["path"] == "/v1/records/7"
    assert context["domainName"] == f"{api}.execute-api.{REGION}.amazonaws.com"
    assert identity["userArn"] == env.caller.arn
    assert env.cloud.principals.by_key(identity["accessKey"]) == env.caller
    assert identity["userAgent"] == "me"


def test_a_method_with_iam_authorization_requires_a_signature(env: Environment, api: str) -> None:
    response = env.call(api, "POST", "/v1/records/7")
    assert (response.status, _json(response)) == (403, MISSING_TOKEN)


def test_a_method_without_authorization_answers_anybody(env: Environment, api: str) -> None:
    event = _json(env.call(api, "GET", "/v1/records/7"))
    assert event["requestContext"]["identity"]["userArn"] is None


def test_a_caller_without_permission_is_refused(env: Environment, api: str) -> None:
    stranger = role_session(f"arn:aws:iam::{ACCOUNT}:role/stranger", "s")
    response = env.call(api, "POST", "/v1/records/7", b"", stranger)
    assert response.status == 403
    assert "not authorized to perform: execute-api:Invoke" in response.body.decode()
    assert "arn:aws:execute-api:us-east-1:********9012:" in response.body.decode()


def test_the_resource_policy_of_the_document_is_kept(env: Environment, echo: str) -> None:
    denial = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": "execute-api:/v1/GET/closed",
    }
    api = env.deploy(
        {"/closed": {"get": operation(echo, signed=True)}},
        **{"x-amazon-apigateway-policy": {"Version": "2012-10-17", "Statement": [denial]}},
    )
    assert env.call(api, "GET", "/v1/closed", b"", env.caller).status == 403


def test_the_resource_policy_counts_for_callers_without_a_signature(
    env: Environment, echo: str
) -> None:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html"""
    statement = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke"}
    policy = {
        "Version": "2012-10-17",
        "Statement": statement | {"Resource": "execute-api:/*/GET/open"},
    }
    paths = {f"/{path}": {"get": operation(echo)} for path in ("open", "closed")}
    api = env.deploy(
        paths | {"/signed": {"get": operation(echo, signed=True)}},
        **{"x-amazon-apigateway-policy": policy},
    )
    assert env.call(api, "GET", "/v1/open").status == 201
    refused = env.call(api, "GET", "/v1/closed")
    assert refused.status == 403
    assert _json(refused)["Message"].startswith(
        "User: anonymous is not authorized to perform: execute-api:Invoke on resource: "
    )
    assert _json(env.call(api, "GET", "/v1/signed")) == MISSING_TOKEN


def test_a_malformed_resource_policy_is_refused(env: Environment, echo: str) -> None:
    statement = {"Effect": "Perhaps", "Principal": "*", "Action": "*", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": statement}
    with pytest.raises(ClientError, match="Invalid policy document"):
        env.deploy({"/x": {"get": operation(echo)}}, **{"x-amazon-apigateway-policy": policy})


@pytest.mark.parametrize("path", ["/v1/absent", "/v1/records"])
def test_an_unknown_route_is_a_missing_token(env: Environment, api: str, path: str) -> None:
    response = env.call(api, "GET", path)
    assert (response.status, _json(response)) == (403, MISSING_TOKEN)


def test_an_unknown_stage_is_forbidden(env: Environment, api: str) -> None:
    response = env.call(api, "GET", "/v2/records/7")
    assert (response.status, _json(response)) == (403, {"message": "Forbidden"})


def test_a_change_takes_effect_with_the_next_deployment(env: Environment, echo: str) -> None:
    api = env.deploy({"/one": {"get": operation(echo)}})
    control = env.client("apigateway")
    document = {
        "openapi": "3.0.1",
        "info": {"title": "t"},
        "paths": {"/two": {"get": operation(echo)}},
    }
    control.put_rest_api(restApiId=api, mode="overwrite", body=json.dumps(document).encode())
    assert env.call(api, "GET", "/v1/one").status == 201
    assert env.call(api, "GET", "/v1/two").status == 403
    deployment = control.create_deployment(restApiId=api)["id"]
    control.update_stage(
        restApiId=api,
        stageName="v1",
        patchOperations=[{"op": "replace", "path": "/deploymentId", "value": deployment}],
    )
    assert env.call(api, "GET", "/v1/one").status == 403
    assert env.call(api, "GET", "/v1/two").status == 201


@pytest.mark.parametrize(
    ("source", "settings", "invocable", "status"),
    [
        ("def handler(e, c): return {'no': 'status'}", {}, True, 502),
        ("def handler(e, c): raise ValueError", {}, True, 502),
        (ECHO, {}, False, 500),
    ],
    ids=["malformed", "raises", "may not be invoked"],
)
def test_a_broken_integration_is_a_server_error(
    env: Environment, source: str, settings: dict[str, Any], invocable: bool, status: int
) -> None:
    uri = env.function(source, invocable=invocable, **settings)
    api = env.deploy({"/a": {"get": operation(uri)}})
    response = env.call(api, "GET", "/v1/a")
    assert (response.status, _json(response)) == (status, {"message": "Internal server error"})


def test_an_integration_that_takes_too_long_times_out(env: Environment) -> None:
    uri = env.function("import time\ndef handler(e, c): time.sleep(5)", Timeout=6)
    api = env.deploy({"/slow": {"get": operation(uri, timeoutInMillis=50)}})
    response = env.call(api, "GET", "/v1/slow")
    assert (response.status, _json(response)) == (504, {"message": "Endpoint request timed out"})


def test_another_integration_type_is_named_as_not_emulated(env: Environment, echo: str) -> None:
    mock = {"responses": {}, "x-amazon-apigateway-integration": {"type": "mock"}}
    api = env.deploy({"/mock": {"get": mock}, "/real": {"get": operation(echo)}})
    response = env.call(api, "GET", "/v1/mock")
    assert response.status == 501
    assert "the API Gateway integration type MOCK" in response.body.decode()


def test_access_logs_need_the_accounts_role_and_are_written(env: Environment, api: str) -> None:
    control = env.client("apigateway")
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/access/things"
    patches = [
        {"op": "replace", "path": "/accessLogSettings/destinationArn", "value": group},
        {
            "op": "replace",
            "path": "/accessLogSettings/format",
            "value": "$context.httpMethod $context.resourcePath $context.status $context.none.x",
        },
    ]
    with pytest.raises(ClientError, match="CloudWatch Logs role ARN must be set"):
        control.update_stage(restApiId=api, stageName="v1", patchOperations=patches)
    control.update_account(
        patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": env.role}]
    )
    control.update_stage(restApiId=api, stageName="v1", patchOperations=patches)
    env.call(api, "GET", "/v1/records/7")
    events = env.client("logs").filter_log_events(logGroupName="/access/things")["events"]
    assert [event["message"] for event in events] == ["GET /records/{id} 201 -"]


def test_requests_and_errors_are_counted(env: Environment, echo: str) -> None:
    api = env.deploy({"/a": {"get": operation(echo)}}, info={"title": "counted"})
    for path in ("/v1/a", "/v1/a", "/v1/absent"):
        env.call(api, "GET", path)
    now = datetime.now(UTC)

    def total(name: str) -> float:
        response = env.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/ApiGateway",
            MetricName=name,
            Dimensions=[{"Name": "ApiName", "Value": "counted"}],
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(hours=1),
            Period=3 * 3600,
            Statistics=["Sum"],
        )
        return float(sum(point["Sum"] for point in response["Datapoints"]))

    assert (total("Count"), total("4XXError"), total("5XXError")) == (3, 1, 0)


def test_a_patch_without_a_path_is_refused(env: Environment, api: str) -> None:
    with pytest.raises(ClientError, match="BadRequestException"):
        env.client("apigateway").update_rest_api(restApiId=api, patchOperations=[{"op": "remove"}])
    with pytest.raises(ClientError, match="BadRequestException"):
        env.client("apigateway").update_account(patchOperations=[{"op": "copy", "path": "{"}])


def test_every_request_that_a_method_serves_is_counted(env: Environment, api: str) -> None:
    before = env.cloud.usage.total(units.REST_REQUESTS)
    env.call(api, "POST", "/v1/records/7", b"{}", env.caller)
    env.call(api, "GET", "/v1/nowhere", b"", env.caller)
    assert env.cloud.usage.total(units.REST_REQUESTS) == before + 1
