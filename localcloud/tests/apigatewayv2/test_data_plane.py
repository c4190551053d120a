"""An HTTP API answers as API Gateway would."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from localcloud.gateway.http import Response
from localcloud.gateway.principals import role_session
from localcloud.usage import units
from tests.apigatewayv2.environment import ACCOUNT, ECHO, REGION, Environment
from tests.manual_clock import ManualClock
from tests.usage_totals import total

SLOW = "import time\ndef handler(e, c): time.sleep(5)"


def _json(response: Response) -> Any:
    return json.loads(response.body)


def _answer(response: Response) -> tuple[int, Any]:
    return response.status, _json(response)


@pytest.fixture(scope="module")
def echo(env: Environment) -> str:
    return env.function(ECHO)


@pytest.fixture(scope="module")
def signed(env: Environment, echo: str) -> str:
    return env.api(echo, "POST /records/{id}", "GET /records/{id}", authorization="AWS_IAM")


def test_the_function_gets_an_event_of_format_2_0(env: Environment, signed: str) -> None:
    response = env.call(
        signed,
        "POST",
        "/v1/records/7?a=1&a=2&b=",
        b'{"x":1}',
        env.caller,
        User_Agent="me",
        Content_Type="application/json",
        Cookie="c=1; d=2",
    )
    event = _json(response)
    context = event.pop("requestContext")
    identity = context["authorizer"].pop("iam")
    headers = event.pop("headers")
    assert event == {
        "version": "2.0",
        "routeKey": "POST /records/{id}",
        "rawPath": "/v1/records/7",
        "rawQueryString": "a=1&a=2&b=",
        "cookies": ["c=1", "d=2"],
        "queryStringParameters": {"a": "1,2", "b": ""},
        "pathParameters": {"id": "7"},
        "body": '{"x":1}',
        "isBase64Encoded": False,
    }
    assert (
        headers["host"] == context["domainName"] == f"{signed}.execute-api.{REGION}.amazonaws.com"
    )
    assert (headers["user-agent"], headers["content-length"]) == ("me", "7")
    assert "cookie" not in headers
    assert context["http"] == {
        "method": "POST",
        "path": "/v1/records/7",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "me",
    }
    assert (context["apiId"], context["domainPrefix"]) == (signed, signed)
    assert (context["stage"], context["routeKey"]) == ("v1", "POST /records/{id}")
    assert context["accountId"] == ACCOUNT
    assert context["requestId"] == response.headers["apigw-requestid"]
    assert identity.pop("callerId") == identity["userId"]
    assert identity["userArn"] == env.caller.arn
    assert env.cloud.principals.by_key(identity["accessKey"]) == env.caller


def test_members_without_a_value_are_not_in_the_event(env: Environment, echo: str) -> None:
    event = _json(env.call(env.api(echo, "$default", stage="$default"), "GET", "/any/where"))
    assert sorted(event) == [
        "headers", "isBase64Encoded", "rawPath", "rawQueryString", "requestContext", "routeKey",
        "version",
    ]  # fmt: skip
    assert (event["rawPath"], event["routeKey"]) == ("/any/where", "$default")
    assert "authorizer" not in event["requestContext"]


@pytest.mark.parametrize(
    "kind", ["", "application/octet-stream", "application/x-www-form-urlencoded"]
)
def test_a_body_that_is_no_text_is_encoded(env: Environment, echo: str, kind: str) -> None:
    api = env.api(echo, "POST /")
    event = _json(env.call(api, "POST", "/v1/", b"a\xff", Content_Type=kind))
    assert (event["body"], event["isBase64Encoded"]) == ("Yf8=", True)


def test_a_signed_caller_with_the_permission_may_call(env: Environment, signed: str) -> None:
    assert env.call(signed, "POST", "/v1/records/7", b"", env.caller).status == 200


@pytest.mark.parametrize(
    ("method", "path", "role"),
    [
        ("POST", "/v1/records/8", "runner"),
        ("GET", "/v1/records/7", "runner"),
        ("POST", "/v1/records/7", "stranger"),
        ("POST", "/v1/records/7", None),
    ],
)
def test_a_caller_without_the_permission_or_a_signature_is_forbidden(
    env: Environment, signed: str, method: str, path: str, role: str | None
) -> None:
    principal = role_session(f"arn:aws:iam::{ACCOUNT}:role/{role}", "s") if role else None
    response = env.call(signed, method, path, b"", principal)
    assert _answer(response) == (403, {"message": "Forbidden"})


def test_a_route_without_authorization_needs_no_permission(env: Environment, echo: str) -> None:
    stranger = role_session(f"arn:aws:iam::{ACCOUNT}:role/stranger", "s")
    api = env.api(echo, "GET /open")
    for principal in (None, stranger):
        assert env.call(api, "GET", "/v1/open", b"", principal).status == 200


def test_the_permission_names_the_default_stage(env: Environment, echo: str) -> None:
    api = env.api(echo, "POST /records/{id}", stage="$default", authorization="AWS_IAM")
    assert env.call(api, "POST", "/records/7", b"", env.caller).status == 200


@pytest.mark.parametrize("path", ["/v1/absent", "/v2/records/7", "/records/7", "/v1/records/7/"])
def test_an_unknown_route_or_stage_is_not_found(env: Environment, signed: str, path: str) -> None:
    assert _answer(env.call(signed, "POST", path)) == (404, {"message": "Not Found"})


def test_an_api_that_does_not_exist_is_forbidden(env: Environment) -> None:
    assert _answer(env.call("nobody", "GET", "/")) == (403, {"message": "Forbidden"})


def test_a_disabled_endpoint_is_not_found(env: Environment, echo: str) -> None:
    api = env.api(echo, "GET /a")
    env.client("apigatewayv2").update_api(ApiId=api, DisableExecuteApiEndpoint=True)
    assert env.call(api, "GET", "/v1/a").status == 404


@pytest.mark.parametrize(
    ("result", "status", "content_type", "body"),
    [
        ("{'a': 1}", 200, "application/json", '{"a": 1}'),
        ("'text'", 200, "application/json", "text"),
        ("[1]", 200, "application/json", "[1]"),
        ("{'statusCode': 201}", 201, "text/plain;charset=UTF-8", ""),
        (
            "{'statusCode': '404', 'headers': {'content-type': 'a/b', 'X-N': 1}, 'body': 'no'}",
            404,
            "a/b",
            "no",
        ),
        (
            "{'statusCode': 200, 'body': 'b2s=', 'isBase64Encoded': True}",
            200,
            "text/plain;charset=UTF-8",
            "ok",
        ),
    ],
)
def test_a_result_becomes_a_response_by_the_rules_of_format_2_0(
    env: Environment, result: str, status: int, content_type: str, body: str
) -> None:
    api = env.api(env.function(f"def handler(e, c): return {result}"), "GET /a")
    response = env.call(api, "GET", "/v1/a")
    assert (response.status, response.headers["Content-Type"]) == (status, content_type)
    assert response.body.decode() == body


@pytest.mark.parametrize(
    ("source", "source_arn"),
    [
        ("def handler(e, c): raise ValueError", ""),
        ("def handler(e, c): return {'statusCode': 'soon'}", ""),
        ("def handler(e, c): return {'statusCode': 200, 'body': {}}", ""),
        (ECHO, None),
        (ECHO, f"arn:aws:execute-api:{REGION}:{ACCOUNT}:another/*/GET/a"),
    ],
    ids=["raises", "malformed status", "malformed body", "no permission", "another API"],
)
def test_a_broken_integration_is_an_internal_server_error(
    env: Environment, source: str, source_arn: str | None
) -> None:
    api = env.api(env.function(source, source_arn), "GET /a")
    assert _answer(env.call(api, "GET", "/v1/a")) == (500, {"message": "Internal Server Error"})


def test_the_functions_policy_can_name_stage_method_and_route(env: Environment) -> None:
    function = env.function(ECHO, f"arn:aws:execute-api:{REGION}:{ACCOUNT}:*/v1/GET/a/{{id}}")
    api = env.api(function, "GET /a/{id}", "GET /b")
    assert env.call(api, "GET", "/v1/a/1").status == 200
    assert env.call(api, "GET", "/v1/b").status == 500


def test_a_throttled_function_is_an_internal_server_error(env: Environment) -> None:
    function = env.function(ECHO)
    env.client("lambda").put_function_concurrency(
        FunctionName=function, ReservedConcurrentExecutions=0
    )
    response = env.call(env.api(function, "GET /a"), "GET", "/v1/a")
    assert _answer(response) == (500, {"message": "Internal Server Error"})


def test_an_integration_that_takes_too_long_is_unavailable(env: Environment) -> None:
    api = env.api(env.function(SLOW, Timeout=6), "GET /a", timeout_ms=50)
    assert _answer(env.call(api, "GET", "/v1/a")) == (503, {"message": "Service Unavailable"})


def test_a_body_of_more_than_ten_megabytes_is_refused(env: Environment, echo: str) -> None:
    api = env.api(echo, "POST /a")
    response = env.call(api, "POST", "/v1/a", b"x" * (10 * 1024 * 1024 + 1))
    assert _answer(response) == (413, {"message": "Request Entity Too Large"})


def test_requests_beyond_a_routes_rate_are_throttled(env: Environment, echo: str) -> None:
    settings = {"ThrottlingBurstLimit": 2, "ThrottlingRateLimit": 0.5}
    api = env.api(echo, "GET /a", "GET /b", DefaultRouteSettings=settings)

    def statuses(path: str, count: int) -> list[int]:
        return [env.call(api, "GET", path).status for _ in range(count)]

    assert statuses("/v1/a", 3) == [200, 200, 429]
    assert statuses("/v1/b", 1) == [200]
    assert isinstance(env.cloud.clock, ManualClock)
    env.cloud.clock.sleep(2)
    assert statuses("/v1/a", 2) == [200, 429]
    assert _json(env.call(api, "GET", "/v1/a")) == {"message": "Too Many Requests"}


def test_access_logs_have_the_variables_of_request_and_response(
    env: Environment, signed: str
) -> None:
    control, logs = env.client("apigatewayv2"), env.client("logs")
    logs.create_log_group(logGroupName="/access/things")
    settings = {
        "DestinationArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/access/things:*",
        "Format": "$context.requestId $context.routeKey $context.status $context.identity.userArn "
        "$context.integrationStatus $context.error.message $context.none",
    }
    control.update_stage(ApiId=signed, StageName="v1", AccessLogSettings=settings)
    served = env.call(signed, "POST", "/v1/records/7", b"", env.caller)
    refused = env.call(signed, "POST", "/v1/records/7")
    control.delete_access_log_settings(ApiId=signed, StageName="v1")
    env.call(signed, "POST", "/v1/records/7")
    events = logs.filter_log_events(logGroupName="/access/things")["events"]
    assert [event["message"] for event in events] == [
        f"{served.headers['apigw-requestid']} POST /records/{{id}} 200 {env.caller.arn} 200 - -",
        f"{refused.headers['apigw-requestid']} POST /records/{{id}} 403 - - Forbidden -",
    ]


def test_requests_and_errors_are_counted(env: Environment, echo: str) -> None:
    api = env.api(echo, "GET /a")
    for path in ("/v1/a", "/v1/a", "/v1/absent"):
        env.call(api, "GET", path)
    now = datetime.now(UTC)

    def statistic(name: str, statistic: str) -> float:
        response = env.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/ApiGateway",
            MetricName=name,
            Dimensions=[{"Name": "ApiId", "Value": api}],
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(hours=1),
            Period=3 * 3600,
            Statistics=[statistic],
        )
        return float(sum(point[statistic] for point in response["Datapoints"]))

    assert [statistic(name, "Sum") for name in ("Count", "4xx", "5xx")] == [3, 1, 0]
    assert statistic("Latency", "SampleCount") == 3
    assert statistic("IntegrationLatency", "SampleCount") == 2
    assert statistic("DataProcessed", "Sum") > 0


def test_requests_are_counted_in_increments_of_512_kb(env: Environment, signed: str) -> None:
    usage = env.cloud.usage
    before = total(usage, units.HTTP_REQUESTS)
    env.call(signed, "POST", "/v1/records/7", b"{}", env.caller)
    assert total(usage, units.HTTP_REQUESTS) == before + 1
    env.call(signed, "POST", "/v1/records/7", b"x" * 600 * 1024, env.caller)
    assert total(usage, units.HTTP_REQUESTS) == before + 3
    env.call(signed, "POST", "/v1/records/7", b"{}")  # not signed: nobody pays for it
    assert total(usage, units.HTTP_REQUESTS) == before + 3
