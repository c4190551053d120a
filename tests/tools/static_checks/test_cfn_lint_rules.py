"""tools/cfn_lint_rules: each rule finds what it is for, and nothing in our templates."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import pytest
import yaml
from cfnlint.api import lint
from cfnlint.helpers import load_plugins
from cfnlint.rules import RulesCollection

from tests.templates.loading import ROOT

RULES = ROOT / "tools" / "cfn_lint_rules"
DENY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
THROUGH_ENDPOINT = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "*",
    "Resource": "*",
    "Condition": {
        "StringEquals": {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}},
        "Bool": {"aws:SecureTransport": "true"},
    },
}
RECOVERY = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def policy(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def alarm(value: Any, name: str) -> dict[str, Any]:
    dimensions = [{"Name": name, "Value": value}]
    return resource("CloudWatch::Alarm", Dimensions=dimensions, AlarmActions=["arn"])


# A template without findings, of everything that the rules ask about.
COMPLETE = {
    "Logs": resource("Logs::LogGroup", RetentionInDays=30),
    "Function": resource(
        "Lambda::Function", Timeout=10, LoggingConfig={"LogGroup": {"Ref": "Logs"}}
    ),
    "FunctionErrors": alarm({"Ref": "Function"}, "FunctionName"),
    "Bucket": resource(
        "S3::Bucket",
        BucketEncryption={},
        PublicAccessBlockConfiguration={"BlockPublicAcls": True, "BlockPublicPolicy": True},
    ),
    "BucketPolicy": resource(
        "S3::BucketPolicy", Bucket={"Ref": "Bucket"}, PolicyDocument=policy(DENY)
    ),
    "Table": resource(
        "DynamoDB::GlobalTable", SSESpecification={"SSEEnabled": True}, Replicas=[RECOVERY]
    ),
    "Queue": resource("SQS::Queue", SqsManagedSseEnabled=True),
    "QueuePolicy": resource(
        "SQS::QueuePolicy", Queues=[{"Ref": "Queue"}], PolicyDocument=policy(DENY)
    ),
    "Topic": resource("SNS::Topic", KmsMasterKeyId="key"),
    "TopicPolicy": resource(
        "SNS::TopicPolicy", Topics=[{"Ref": "Topic"}], PolicyDocument=policy(DENY)
    ),
    "Route": resource("ApiGatewayV2::Route", RouteKey="POST /records", AuthorizationType="AWS_IAM"),
    "Endpoint": resource(
        "EC2::VPCEndpoint",
        ServiceName={"Fn::Sub": "com.amazonaws.${AWS::Region}.sns"},
        PolicyDocument=policy(THROUGH_ENDPOINT),
    ),
}


def findings(resources: dict[str, Any]) -> set[tuple[str, str]]:
    """Return (rule, resource) of each finding of our own rules."""
    matches = lint(yaml.safe_dump({"Resources": resources}), rules=_own_rules())
    return {(match.rule.id, str(match.path[1])) for match in matches}


@cache
def _own_rules() -> RulesCollection:
    """All others would take a second a template."""
    rules = RulesCollection()
    rules.extend(load_plugins(str(RULES)))
    return rules


def without(logical_id: str, *path: Any, value: Any = None) -> dict[str, Any]:
    """Return COMPLETE without one of its parts, or with another value there."""
    resources: Any = copy.deepcopy(COMPLETE)
    place = resources[logical_id]["Properties"]
    for key in path[:-1]:
        place = place[key]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return dict(resources)


def test_what_is_complete_has_no_findings() -> None:
    assert findings(COMPLETE) == set()


FIRST = ("PolicyDocument", "Statement", 0)


@pytest.mark.parametrize(
    ("rule", "of", "resources"),
    [
        ("E9001", "Function", without("Function", "LoggingConfig")),
        ("E9001", "Function", without("Function", "LoggingConfig", "LogGroup", value="a-name")),
        ("E9002", "Function", without("Function", "Timeout")),
        ("E9003", "Function", without("FunctionErrors", "Dimensions")),
        ("E9003", "Function", without("FunctionErrors", "AlarmActions")),
        ("E9011", "Bucket", without("Bucket", "BucketEncryption")),
        ("E9011", "Bucket", without("Bucket", "PublicAccessBlockConfiguration")),
        ("E9011", "Bucket", without("BucketPolicy", *FIRST, "Condition")),
        ("E9011", "Bucket", without("BucketPolicy", "Bucket", value={"Ref": "Other"})),
        ("E9012", "Table", without("Table", "SSESpecification")),
        ("E9012", "Table", without("Table", "Replicas", value=[RECOVERY, {}])),
        ("E9013", "Queue", without("Queue", "SqsManagedSseEnabled")),
        ("E9013", "Queue", without("QueuePolicy", *FIRST, "Effect", value="Allow")),
        ("E9014", "Topic", without("Topic", "KmsMasterKeyId")),
        ("E9014", "Topic", without("TopicPolicy", *FIRST, "Principal", value={"AWS": "x"})),
        ("E9015", "Endpoint", without("Endpoint", "PolicyDocument")),
        ("E9015", "Endpoint", without("Endpoint", *FIRST, "Condition", "StringEquals")),
        ("E9015", "Endpoint", without("Endpoint", *FIRST, "Condition", "Bool")),
        ("E9017", "Route", without("Route", "AuthorizationType")),
        ("E9017", "Route", without("Route", "AuthorizationType", value="NONE")),
        ("E9016", "Logs", without("Logs", "RetentionInDays")),
    ],
)
def test_a_part_that_is_missing_is_found(rule: str, of: str, resources: dict[str, Any]) -> None:
    assert (rule, of) in findings(resources)


def test_the_alarm_of_a_function_may_be_on_its_queue_of_failed_events() -> None:
    resources = without("FunctionErrors", "Dimensions")
    resources["Config"] = resource(
        "Lambda::EventInvokeConfig",
        FunctionName={"Ref": "Function"},
        DestinationConfig={"OnFailure": {"Destination": {"Fn::GetAtt": ["Queue", "Arn"]}}},
    )
    assert ("E9003", "Function") in findings(resources)
    resources["QueueFills"] = alarm({"Fn::GetAtt": ["Queue", "QueueName"]}, "QueueName")
    assert findings(resources) == set()


def test_the_alarm_of_a_function_may_be_on_a_state_machine_that_calls_it_through_another() -> None:
    substitutions = {"Arn": {"Fn::GetAtt": ["Function", "Arn"]}}
    machine = "StepFunctions::StateMachine"
    resources = without("FunctionErrors", "Dimensions") | {
        "Inner": resource(machine, DefinitionSubstitutions=substitutions),
        "Outer": resource(machine, DefinitionSubstitutions={"Arn": {"Ref": "Inner"}}),
    }
    assert ("E9003", "Function") in findings(resources)
    resources["OuterFails"] = alarm({"Ref": "Outer"}, "StateMachineArn")
    assert findings(resources) == set()


def test_the_alarm_of_a_function_may_be_on_the_api_that_calls_it() -> None:
    resources = without("FunctionErrors", "Dimensions") | {
        "Api": resource("ApiGatewayV2::Api", Name="api", ProtocolType="HTTP"),
        "Integration": resource(
            "ApiGatewayV2::Integration",
            ApiId={"Ref": "Api"},
            IntegrationUri={"Fn::GetAtt": ["Function", "Arn"]},
        ),
    }
    assert ("E9003", "Function") in findings(resources)
    resources["ApiFails"] = alarm({"Ref": "Api"}, "ApiId")
    assert findings(resources) == set()


def test_an_endpoint_of_ses_has_no_policy() -> None:
    name = {"Fn::Sub": "com.amazonaws.${AWS::Region}.email"}
    resources = without("Endpoint", "PolicyDocument")
    resources["Endpoint"]["Properties"]["ServiceName"] = name
    assert findings(resources) == set()
