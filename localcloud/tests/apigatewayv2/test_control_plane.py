"""The operations of HTTP APIs: what they keep, and what they refuse."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.gateway.principals import role_session
from tests.apigatewayv2.environment import ACCOUNT, REGION, Environment

FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"
LOGS = {
    "DestinationArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:g",
    "Format": "$context.requestId",
}


@pytest.fixture(scope="module")
def control(env: Environment) -> Any:
    return env.client("apigatewayv2")


@pytest.fixture
def api(control: Any) -> str:
    return str(control.create_api(Name="a", ProtocolType="HTTP")["ApiId"])


def _integration(control: Any, api: str, **members: Any) -> str:
    defaults = {
        "IntegrationType": "AWS_PROXY",
        "IntegrationUri": FUNCTION,
        "PayloadFormatVersion": "2.0",
    }
    answer = control.create_integration(ApiId=api, **{**defaults, **members})
    return str(answer["IntegrationId"])


def test_what_was_created_is_listed_and_can_be_deleted(control: Any, api: str) -> None:
    integration = _integration(control, api)
    target = f"integrations/{integration}"
    route = control.create_route(ApiId=api, RouteKey="GET /a", Target=target)["RouteId"]
    control.create_stage(ApiId=api, StageName="v1", AutoDeploy=True, Tags={"k": "v"})
    assert api in [item["ApiId"] for item in control.get_apis()["Items"]]
    assert control.get_api(ApiId=api)["ApiEndpoint"] == (
        f"https://{api}.execute-api.{REGION}.amazonaws.com"
    )
    assert [item["RouteKey"] for item in control.get_routes(ApiId=api)["Items"]] == ["GET /a"]
    arn = f"arn:aws:apigateway:{REGION}::/apis/{api}/stages/v1"
    control.tag_resource(ResourceArn=arn, Tags={"x": "y"})
    control.untag_resource(ResourceArn=arn, TagKeys=["k"])
    assert control.get_tags(ResourceArn=arn)["Tags"] == {"x": "y"}
    with pytest.raises(ClientError, match="ConflictException"):
        control.delete_integration(ApiId=api, IntegrationId=integration)
    control.delete_route(ApiId=api, RouteId=route)
    control.delete_integration(ApiId=api, IntegrationId=integration)
    control.delete_stage(ApiId=api, StageName="v1")
    assert control.get_stages(ApiId=api)["Items"] == []
    control.delete_api(ApiId=api)
    with pytest.raises(ClientError, match="NotFoundException"):
        control.get_api(ApiId=api)


@pytest.mark.parametrize(
    ("operation", "members", "named"),
    [
        ("create_api", {"Name": "w", "ProtocolType": "WEBSOCKET"}, "ProtocolType WEBSOCKET"),
        ("create_api", {"Name": "q", "ProtocolType": "HTTP", "Target": FUNCTION}, "Target"),
        ("create_integration", {"IntegrationType": "HTTP_PROXY"}, "IntegrationType HTTP_PROXY"),
        (
            "create_integration",
            {
                "IntegrationType": "AWS_PROXY",
                "IntegrationUri": FUNCTION,
                "PayloadFormatVersion": "1.0",
            },
            "PayloadFormatVersion 1.0",
        ),
        (
            "create_route",
            {"RouteKey": "GET /", "AuthorizationType": "JWT"},
            "AuthorizationType JWT",
        ),
        ("create_stage", {"StageName": "s"}, "AutoDeploy False"),
        (
            "create_stage",
            {"StageName": "s", "AutoDeploy": True, "RouteSettings": {}},
            "RouteSetting",
        ),
        ("import_api", {"Body": "{}"}, "the operation apigatewayv2:ImportApi"),
        ("get_domain_names", {}, "the operation apigatewayv2:GetDomainNames"),
    ],
)
def test_what_is_not_emulated_is_refused_by_name(
    control: Any, api: str, operation: str, members: dict[str, Any], named: str
) -> None:
    of_api = operation.startswith("create_") and operation != "create_api"
    with pytest.raises(ClientError, match=f"does not emulate {named}"):
        getattr(control, operation)(**members, **({"ApiId": api} if of_api else {}))


@pytest.mark.parametrize(
    ("operation", "members", "code"),
    [
        ("create_route", {"RouteKey": "records"}, "BadRequestException"),
        ("create_route", {"RouteKey": "GET /b", "Target": "integrations/x"}, "NotFoundException"),
        ("create_stage", {"StageName": "a/b", "AutoDeploy": True}, "BadRequestException"),
        (
            "create_stage",
            {"StageName": "s", "AutoDeploy": True, "AccessLogSettings": {"Format": "x"}},
            "BadRequestException",
        ),
        (
            "create_integration",
            {"IntegrationType": "AWS_PROXY", "IntegrationUri": FUNCTION},
            "BadRequestException",
        ),
        (
            "create_integration",
            {
                "IntegrationType": "AWS_PROXY",
                "IntegrationUri": FUNCTION,
                "PayloadFormatVersion": "2.0",
                "TimeoutInMillis": 30_001,
            },
            "BadRequestException",
        ),
    ],
)
def test_what_aws_refuses_is_refused(
    control: Any, api: str, operation: str, members: dict[str, Any], code: str
) -> None:
    with pytest.raises(ClientError, match=code):
        getattr(control, operation)(ApiId=api, **members)


def test_the_account_has_a_rate_of_requests(env: Environment) -> None:
    throttling = env.client("apigateway").get_account()["throttleSettings"]
    assert throttling == {"rateLimit": 10_000.0, "burstLimit": 5_000}
    with pytest.raises(ClientError, match="the operation apigateway:GetRestApis"):
        env.client("apigateway").get_rest_apis()


def test_a_route_and_a_stage_exist_once(control: Any, api: str) -> None:
    control.create_route(ApiId=api, RouteKey="GET /a")
    with pytest.raises(ClientError, match="ConflictException"):
        control.create_route(ApiId=api, RouteKey="GET /a")
    control.create_stage(ApiId=api, StageName="s", AutoDeploy=True)
    with pytest.raises(ClientError, match="ConflictException"):
        control.create_stage(ApiId=api, StageName="s", AutoDeploy=True)


def test_who_turns_on_access_logs_must_be_allowed_to_deliver_logs(
    env: Environment, api: str
) -> None:
    iam = env.client("iam")
    trust = iam.get_role(RoleName="runner")["Role"]["AssumeRolePolicyDocument"]
    iam.create_role(RoleName="deployer", AssumeRolePolicyDocument=json.dumps(trust))
    statement = {"Effect": "Allow", "Action": "apigateway:*", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    iam.put_role_policy(RoleName="deployer", PolicyName="p", PolicyDocument=json.dumps(policy))
    deployer = role_session(f"arn:aws:iam::{ACCOUNT}:role/deployer", "s")
    stage = {"ApiId": api, "StageName": "logged", "AutoDeploy": True, "AccessLogSettings": LOGS}
    with pytest.raises(ClientError, match="Insufficient permissions to enable logging"):
        env.cloud.clients.client("apigatewayv2", REGION, deployer).create_stage(**stage)
    env.cloud.clients.client("apigatewayv2", REGION, env.caller).create_stage(**stage)


def test_a_caller_without_the_permission_cannot_change_an_api(env: Environment, api: str) -> None:
    stranger = role_session(f"arn:aws:iam::{ACCOUNT}:role/stranger", "s")
    client = env.cloud.clients.client("apigatewayv2", REGION, stranger)
    with pytest.raises(ClientError, match=rf"apigateway:DELETE on resource: .*::/apis/{api} "):
        client.delete_api(ApiId=api)
