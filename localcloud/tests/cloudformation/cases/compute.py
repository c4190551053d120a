"""IAM, Lambda."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .base import ACCOUNT, OTHER_POLICY, POLICY, ROLE, ROLE_ARN, TAGS, TRUST, Case, names, plain
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
    return [told, plain(iam.list_entities_for_policy(PolicyArn=arn))]


def _function(client: Client, name: str) -> Any:
    api = client("lambda")
    told = api.get_function(FunctionName=name)
    configuration = plain(told["Configuration"], "LastModified", "RevisionId")
    return [configuration, told.get("Tags", {}), told.get("Concurrency")]


def _invoke_config(client: Client, _: str) -> Any:
    asked = {"FunctionName": "f", "Qualifier": "$LATEST"}
    return plain(client("lambda").get_function_event_invoke_config(**asked), "LastModified")


def _alias(client: Client, _: str) -> Any:
    told = client("lambda").get_alias(FunctionName="f", Name="live")
    return plain(told, "RevisionId")


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
]
