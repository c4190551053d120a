"""API Gateway, Step Functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .base import ACCOUNT, ROLE, ROLE_ARN, TAGS, Case, names, plain, statement
from .compute import MAY_ALL, OTHER_ROLE

Client = Callable[[str], Any]
ASL = (
    '{"QueryLanguage": "JSONata", "StartAt": "A", '
    '"States": {"A": {"Type": "Pass", "Comment": "${Word}", "End": true}}}'
)


def _body(method: str) -> dict[str, Any]:
    integration = {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
        f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f/invocations",
    }
    operation = {
        "responses": {"200": {"description": "ok"}},
        "x-amazon-apigateway-integration": integration,
    }
    info = {"title": "a", "version": "1"}
    return {"openapi": "3.0.1", "info": info, "paths": {"/x": {method: operation}}}


API: dict[str, Any] = {"Name": "a", "Body": _body("get")}
REST_API: dict[str, Any] = {"Type": "AWS::ApiGateway::RestApi", "Properties": API}
DEPLOYMENT: dict[str, Any] = {
    "Type": "AWS::ApiGateway::Deployment",
    "Properties": {"RestApiId": {"Ref": "Api"}},
}


API_TRUST: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "apigateway.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def _api(client: Client, api: str) -> Any:
    gateway = client("apigateway")
    items = gateway.get_resources(restApiId=api, embed=["methods"])["items"]
    methods = {item["path"]: sorted(item.get("resourceMethods", {})) for item in items}
    return [plain(gateway.get_rest_api(restApiId=api), "createdDate"), methods]


def _only_api(client: Client) -> str:
    return str(client("apigateway").get_rest_apis()["items"][0]["id"])


def _stage(client: Client, stage: str) -> Any:
    asked = {"restApiId": _only_api(client), "stageName": stage}
    told = plain(client("apigateway").get_stage(**asked), "lastUpdatedDate", "createdDate")
    return {**told, "tracingEnabled": told.get("tracingEnabled") or None}


def _machine(client: Client, arn: str) -> Any:
    states = client("stepfunctions")
    told = states.describe_state_machine(stateMachineArn=arn)
    tags = states.list_tags_for_resource(resourceArn=arn)["tags"]
    return [plain(told, "revisionId", "creationDate"), tags]


CASES = [
    Case(
        "AWS::ApiGateway::RestApi",
        API,
        {
            "Description": "d",
            "Name": "b",
            "Body": _body("post"),
            "Policy": statement("execute-api:Invoke"),
        },
        _api,
        "[a-z0-9]{10}",
        {"RootResourceId": "[a-z0-9]+"},
        refused=names(
            "BinaryMediaTypes DisableExecuteApiEndpoint EndpointConfiguration "
            "MinimumCompressionSize Tags"
        ),
        passive=names("ApiKeySourceType BodyS3Location FailOnWarnings Mode Parameters"),
    ),
    Case(
        "AWS::ApiGateway::Deployment",
        {"RestApiId": {"Ref": "Api"}},
        {},
        lambda *_: None,
        "[a-z0-9]+",
        needs={"Api": REST_API},
        refused=names("Description StageName"),
    ),
    Case(
        "AWS::ApiGateway::Stage",
        {
            "RestApiId": {"Ref": "Api"},
            "DeploymentId": {"Ref": "Deployment"},
            "StageName": "v1",
            "MethodSettings": [{"ResourcePath": "/*", "HttpMethod": "*", "MetricsEnabled": False}],
        },
        {
            "AccessLogSetting": {
                "DestinationArn": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/g",
                "Format": "$context.requestId",
            },
            "MethodSettings": [
                {"ResourcePath": "/*", "HttpMethod": "*", "MetricsEnabled": True},
            ],
            "DeploymentId": {"Ref": "Other"},
            "Description": "d",
            "Tags": TAGS,
            "TracingEnabled": True,
            "Variables": {"a": "b"},
        },
        _stage,
        "v1",
        needs={
            "Api": REST_API,
            "Deployment": DEPLOYMENT,
            "Other": DEPLOYMENT,
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {"AssumeRolePolicyDocument": API_TRUST},
            },
            "Account": {
                "Type": "AWS::ApiGateway::Account",
                "Properties": {"CloudWatchRoleArn": ROLE_ARN},
            },
        },
    ),
    Case(
        "AWS::ApiGateway::Account",
        {},
        {"CloudWatchRoleArn": ROLE_ARN},
        lambda client, _: client("apigateway").get_account().get("cloudwatchRoleArn") or None,
        "app-It-.+",
        needs={"Role": ROLE},
    ),
    Case(
        "AWS::StepFunctions::StateMachine",
        {
            "StateMachineName": "m",
            "RoleArn": ROLE_ARN,
            "DefinitionString": ASL,
            "DefinitionSubstitutions": {"Word": "one"},
        },
        {
            "DefinitionString": ASL.replace("Pass", "Succeed").replace(', "End": true', ""),
            "DefinitionSubstitutions": {"Word": "two"},
            "LoggingConfiguration": {
                "Level": "ALL",
                "Destinations": [
                    {"CloudWatchLogsLogGroup": {"LogGroupArn": {"Fn::GetAtt": "Group.Arn"}}}
                ],
            },
            "RoleArn": {"Fn::GetAtt": "Other.Arn"},
            "Tags": TAGS,
            "TracingConfiguration": {"Enabled": True},
        },
        _machine,
        f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:m",
        {"Name": "m"},
        {
            "Role": MAY_ALL,
            "Other": OTHER_ROLE,
            "Group": {"Type": "AWS::Logs::LogGroup"},
        },
        passive=names("Definition DefinitionS3Location"),  # other forms of DefinitionString
    ),
    Case(
        "AWS::CloudFormation::WaitConditionHandle",
        {},
        {},
        lambda *_: None,
        "https://cloudformation-waitcondition-us-east-1.+",
    ),
]
