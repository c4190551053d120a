"""IAM, Lambda, API Gateway, Step Functions, nested stacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .base import ACCOUNT, OTHER_POLICY, POLICY, ROLE, ROLE_ARN, TAGS, TRUST, Case, names, statement
from .network import SUBNET, VPC

Client = Callable[[str], Any]
CODE: dict[str, Any] = {"ZipFile": "def handler(event, context): return 1"}
FUNCTION: dict[str, Any] = {
    "FunctionName": "f",
    "Runtime": "python3.13",
    "Handler": "index.handler",
    "Role": ROLE_ARN,
    "Code": CODE,
}
IN_A_VPC: dict[str, Any] = {
    **ROLE,
    "Properties": {
        **ROLE["Properties"],
        "ManagedPolicyArns": [
            "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
        ],
    },
}
ALL: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
MAY_ALL: dict[str, Any] = {
    **ROLE,
    "Properties": {
        **ROLE["Properties"],
        "Policies": [{"PolicyName": "all", "PolicyDocument": ALL}],
    },
}
OTHER_ROLE: dict[str, Any] = {**ROLE, "Properties": {**ROLE["Properties"], "RoleName": "other"}}
A_FUNCTION: dict[str, Any] = {
    "Role": ROLE,
    "F": {"Type": "AWS::Lambda::Function", "Properties": FUNCTION},
}
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


def _plain(told: dict[str, Any], *volatile: str) -> dict[str, Any]:
    return {k: v for k, v in told.items() if k not in ("ResponseMetadata", *volatile)}


def _role(client: Client, name: str) -> Any:
    iam = client("iam")
    inline = iam.list_role_policies(RoleName=name)["PolicyNames"]
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    return [iam.get_role(RoleName=name)["Role"], inline, attached]


def _policy(client: Client, _: str) -> Any:
    iam = client("iam")
    found = {}
    for role in ("r", "other"):
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            found[role, name] = iam.get_role_policy(RoleName=role, PolicyName=name)[
                "PolicyDocument"
            ]
    return found


def _managed_policy(client: Client, arn: str) -> Any:
    iam = client("iam")
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    told = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    return [told, _plain(iam.list_entities_for_policy(PolicyArn=arn))]


def _function(client: Client, name: str) -> Any:
    api = client("lambda")
    told = api.get_function(FunctionName=name)
    configuration = _plain(told["Configuration"], "LastModified", "RevisionId")
    return [configuration, told.get("Tags", {}), told.get("Concurrency")]


def _invoke_config(client: Client, _: str) -> Any:
    asked = {"FunctionName": "f", "Qualifier": "$LATEST"}
    return _plain(client("lambda").get_function_event_invoke_config(**asked), "LastModified")


def _alias(client: Client, _: str) -> Any:
    told = client("lambda").get_alias(FunctionName="f", Name="live")
    return _plain(told, "RevisionId")


def _api(client: Client, api: str) -> Any:
    gateway = client("apigateway")
    items = gateway.get_resources(restApiId=api, embed=["methods"])["items"]
    methods = {item["path"]: sorted(item.get("resourceMethods", {})) for item in items}
    return [_plain(gateway.get_rest_api(restApiId=api), "createdDate"), methods]


def _only_api(client: Client) -> str:
    return str(client("apigateway").get_rest_apis()["items"][0]["id"])


def _stage(client: Client, stage: str) -> Any:
    asked = {"restApiId": _only_api(client), "stageName": stage}
    told = _plain(client("apigateway").get_stage(**asked), "lastUpdatedDate", "createdDate")
    return {**told, "tracingEnabled": told.get("tracingEnabled") or None}


def _machine(client: Client, arn: str) -> Any:
    states = client("stepfunctions")
    told = states.describe_state_machine(stateMachineArn=arn)
    tags = states.list_tags_for_resource(resourceArn=arn)["tags"]
    return [_plain(told, "revisionId", "creationDate"), tags]


CASES = [
    Case(
        "AWS::IAM::Role",
        {"RoleName": "x", "AssumeRolePolicyDocument": TRUST},
        {
            "AssumeRolePolicyDocument": {**TRUST, "Id": "other"},
            "Description": "d",
            "ManagedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
            "MaxSessionDuration": 7200,
            "PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess",
            "Policies": [{"PolicyName": "p", "PolicyDocument": POLICY}],
            "Tags": TAGS,
        },
        _role,
        "x",
        {"Arn": f"arn:aws:iam::{ACCOUNT}:role/x", "RoleId": "AROA.+"},
    ),
    Case(
        "AWS::IAM::Policy",
        {"PolicyName": "p", "PolicyDocument": POLICY, "Roles": [{"Ref": "Role"}]},
        {"PolicyDocument": OTHER_POLICY, "PolicyName": "q", "Roles": [{"Ref": "Other"}]},
        _policy,
        "app-It-.+",
        needs={"Role": ROLE, "Other": OTHER_ROLE},
        passive=names("Groups Users"),  # as Roles
    ),
    Case(
        "AWS::IAM::ManagedPolicy",
        {"ManagedPolicyName": "p", "PolicyDocument": POLICY},
        {"Roles": [{"Ref": "Role"}], "PolicyDocument": OTHER_POLICY},
        _managed_policy,
        f"arn:aws:iam::{ACCOUNT}:policy/p",
        needs={"Role": ROLE},
        passive=names("Groups Users"),
    ),
    Case(
        "AWS::Lambda::Function",
        FUNCTION,
        {
            "Code": {"ZipFile": "def handler(event, context): return 2"},
            "Description": "d",
            "Environment": {"Variables": {"NAME": "1"}},
            "EphemeralStorage": {"Size": 1024},
            "Handler": "index.other",
            "LoggingConfig": {"LogGroup": "/mine"},
            "MemorySize": 256,
            "ReservedConcurrentExecutions": 5,
            "Role": {"Fn::GetAtt": "Other.Arn"},
            "Runtime": "python3.12",
            "Tags": TAGS,
            "Timeout": 9,
            "VpcConfig": {
                "SubnetIds": [{"Ref": "Subnet"}],
                "SecurityGroupIds": [{"Fn::GetAtt": "Vpc.DefaultSecurityGroup"}],
            },
        },
        _function,
        "f",
        {"Arn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"},
        {"Role": IN_A_VPC, "Other": OTHER_ROLE, "Vpc": VPC, "Subnet": SUBNET},
        passive=names("Architectures DeadLetterConfig KmsKeyArn Layers TracingConfig"),
    ),
    Case(
        "AWS::Lambda::EventInvokeConfig",
        {"FunctionName": {"Ref": "F"}, "Qualifier": "$LATEST", "MaximumRetryAttempts": 1},
        {
            "MaximumRetryAttempts": 2,
            "MaximumEventAgeInSeconds": 60,
            "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": "Queue.Arn"}}},
        },
        _invoke_config,
        "app-It-.+",
        needs={**A_FUNCTION, "Role": MAY_ALL, "Queue": {"Type": "AWS::SQS::Queue"}},
    ),
    Case(
        "AWS::Lambda::Alias",
        {
            "Name": "live",
            "FunctionName": {"Ref": "F"},
            "FunctionVersion": {"Fn::GetAtt": "V.Version"},
        },
        {"Description": "d", "FunctionVersion": "$LATEST"},
        _alias,
        ".+:f:live",
        needs={
            **A_FUNCTION,
            "V": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "F"}}},
        },
    ),
    Case(
        "AWS::Lambda::Version",
        {"FunctionName": {"Ref": "F"}},
        {},
        lambda client, arn: client("lambda").get_function(FunctionName=arn),
        ".+:f:1",
        {"Version": "1"},
        needs=A_FUNCTION,
    ),
    Case(
        "AWS::Lambda::Permission",
        {
            "FunctionName": {"Ref": "F"},
            "Action": "lambda:InvokeFunction",
            "Principal": "s3.amazonaws.com",
        },
        {},
        lambda client, _: client("lambda").get_policy(FunctionName="f")["Policy"],
        "app-It-.+",
        needs=A_FUNCTION,
    ),
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
