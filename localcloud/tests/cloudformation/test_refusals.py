"""What CloudFormation refuses: at once, or when a resource is created."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import Cloud

from .conftest import Lab, error_of

TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}}
BUCKET = {"Type": "AWS::S3::Bucket"}


@pytest.mark.parametrize(
    "kind",
    [
        "AWS::CloudFormation::WaitConditionHandle",
        "AWS::EC2::SecurityGroupEgress",
        "AWS::EC2::SecurityGroupIngress",
        "AWS::IAM::Policy",
        "AWS::Logs::MetricFilter",
        "AWS::Logs::ResourcePolicy",
        "AWS::Route53::RecordSetGroup",
        "AWS::S3::MultiRegionAccessPointPolicy",
        "AWS::SES::EmailIdentity",
        "AWS::SSM::Parameter",
        "AWS::SecretsManager::Secret",
    ],
)
def test_a_type_that_is_left_out_is_refused_by_name(lab: Lab, kind: str) -> None:
    assert f"does not emulate the resource type {kind}." in lab.refusal({"A": {"Type": kind}})


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("AWS::ApiGatewayV2::Api", "Body"),
        ("AWS::ApiGatewayV2::Stage", "RouteSettings"),
        ("AWS::CloudFormation::Stack", "TimeoutInMinutes"),
        ("AWS::EC2::VPC", "InstanceTenancy"),
        ("AWS::IAM::ManagedPolicy", "Users"),
        ("AWS::Route53::RecordSet", "AliasTarget"),
        ("AWS::Route53::RecordSet", "HostedZoneName"),
        ("AWS::SNS::Subscription", "Region"),
    ],
)
def test_a_property_that_is_left_out_is_refused_by_name(lab: Lab, kind: str, name: str) -> None:
    refusal = lab.refusal({"A": {"Type": kind, "Properties": {name: "x"}}})
    assert f"does not emulate the property {name} of {kind}." in refusal


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("Api", "ProtocolType", "WEBSOCKET"),
        ("Integration", "IntegrationType", "HTTP_PROXY"),
        ("Route", "AuthorizationType", "JWT"),
        ("Stage", "AutoDeploy", False),
    ],
)
def test_a_value_of_an_http_api_that_is_left_out_is_refused_by_name(
    lab: Lab, kind: str, name: str, value: Any
) -> None:
    resource = {"Type": f"AWS::ApiGatewayV2::{kind}", "Properties": {name: value}}
    assert f"does not emulate {name} {value} of an HTTP API's {kind}" in lab.refusal(
        {"A": resource}
    )


def test_a_transition_of_a_lifecycle_rule_is_refused_by_name(lab: Lab) -> None:
    rule = {"Status": "Enabled", "Transitions": [{"StorageClass": "GLACIER"}]}
    bucket = {**BUCKET, "Properties": {"LifecycleConfiguration": {"Rules": [rule]}}}
    assert lab.create({"A": bucket}) == "ROLLBACK_COMPLETE"
    assert "does not emulate Transitions of a lifecycle rule" in lab.reason("A", "CREATE_FAILED")


@pytest.mark.parametrize(
    ("resources", "message"),
    [
        (
            {"A": {"Type": "AWS::SNS::Topik"}},
            "ValidationError: Template format error: Unrecognized resource types: "
            "[AWS::SNS::Topik]",
        ),
        (
            {"A": {"Type": "AWS::EKS::Cluster"}},
            "LocalCloudNotEmulated: The local cloud does not emulate the resource type "
            "AWS::EKS::Cluster.",
        ),
        (
            {"A": {**BUCKET, "Properties": {"WebsiteConfiguration": {}}}},
            "LocalCloudNotEmulated: The local cloud does not emulate the property "
            "WebsiteConfiguration of AWS::S3::Bucket.",
        ),
        (
            {"A": {**TOPIC, "Properties": {"TopicName": {"Ref": "Nobody"}}}},
            "ValidationError: Template format error: Unresolved resource dependencies [Nobody] in "
            "the Resources block of the template",
        ),
        (
            {"A": {**TOPIC, "DependsOn": "B"}, "B": {**TOPIC, "DependsOn": "A"}},
            "ValidationError: Circular dependency between resources: [A, B]",
        ),
        (
            {"A": TOPIC, "B": {**TOPIC, "Properties": {"TopicName": {"Fn::GetAtt": "A.Nope"}}}},
            "ValidationError: Template error: resource A does not support attribute type Nope in "
            "Fn::GetAtt",
        ),
        ({"A": {**TOPIC, "Sort": 1}}, "ValidationError: Invalid template resource property 'Sort'"),
        (
            {"A-B": TOPIC},
            "ValidationError: Template format error: Resource name A-B is non alphanumeric.",
        ),
    ],
)
def test_a_template_that_cannot_be_deployed_is_refused_at_once(
    lab: Lab, resources: dict[str, Any], message: str
) -> None:
    assert lab.refusal(resources) == message
    assert lab.cfn.describe_stacks()["Stacks"] == []


def test_a_type_that_a_region_does_not_have_is_refused_there(cloud: Cloud) -> None:
    cluster = {"Type": "AWS::Route53RecoveryControl::Cluster", "Properties": {"Name": "c"}}
    assert Lab(cloud, "eu-west-1").refusal({"Cluster": cluster}) == (
        "ValidationError: Template format error: Unrecognized resource types: "
        "[AWS::Route53RecoveryControl::Cluster]"
    )
    broken = {"Cluster": cluster, "Other": {"Type": "AWS::No::Such"}}
    assert Lab(cloud, "us-west-2").refusal(broken).endswith("resource types: [AWS::No::Such]")


_ALARM = {"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1}


@pytest.mark.parametrize(
    ("kind", "properties", "message"),
    [
        ("AWS::SNS::Topic", {"Nmae": "x"}, "#: extraneous key [Nmae] is not permitted"),
        (
            "AWS::SNS::Topic",
            {"Subscription": [{"Protocol": "email", "Endpoint": "x", "Endpont": "x"}]},
            "#/Subscription/0: extraneous key [Endpont] is not permitted",
        ),
        ("AWS::SNS::Topic", {"TopicArn": "arn:aws:sns:x"}, "extraneous key [TopicArn]"),
        (
            "AWS::SQS::Queue",
            {"SqsManagedSseEnabled": "perhaps"},
            "#/SqsManagedSseEnabled: expected type: Boolean, found: String",
        ),
        (
            "AWS::Logs::LogGroup",
            {"RetentionInDays": 2},
            "#/RetentionInDays: failed validation constraint for keyword [enum]",
        ),
        ("AWS::KMS::Alias", {"AliasName": "alias/a"}, "#: required key [TargetKeyId] not found"),
        (
            "AWS::SSM::Document",
            {"Name": "d", "Content": {}},
            "#/Name: failed validation constraint for keyword [pattern]",
        ),
        ("AWS::SQS::Queue", {"DelaySeconds": 901}, "#/DelaySeconds: 901 is greater than"),
        ("AWS::CloudWatch::Alarm", _ALARM, "#: Only one of "),
    ],
)
def test_properties_are_validated_by_the_types_schema(
    lab: Lab, kind: str, properties: dict[str, Any], message: str
) -> None:
    assert lab.create({"A": {"Type": kind, "Properties": properties}}) == "ROLLBACK_COMPLETE"
    reason = lab.reason("A", "CREATE_FAILED")
    assert reason.startswith("Properties validation failed for resource A with message: [")
    assert message in reason


def test_a_text_is_converted_to_the_number_or_boolean_that_it_spells(lab: Lab) -> None:
    lab.create(
        {
            "Queue": {
                "Type": "AWS::SQS::Queue",
                "Properties": {"VisibilityTimeout": "7", "SqsManagedSseEnabled": "true"},
            }
        }
    )
    answer = lab.client("sqs").get_queue_attributes(
        QueueUrl=lab.physical_id("Queue"), AttributeNames=["VisibilityTimeout"]
    )
    assert answer["Attributes"] == {"VisibilityTimeout": "7"}


@pytest.mark.parametrize(
    ("properties", "acknowledged", "needed"),
    [
        ({}, [], "CAPABILITY_IAM"),
        ({"RoleName": "r"}, ["CAPABILITY_IAM"], "CAPABILITY_NAMED_IAM"),
    ],
)
def test_iam_resources_need_to_be_acknowledged(
    lab: Lab, properties: dict[str, Any], acknowledged: list[str], needed: str
) -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}, **properties}}
    with pytest.raises(ClientError) as caught:
        lab.cfn.create_stack(
            StackName="app",
            TemplateBody=json.dumps({"Resources": {"Role": role}}),
            Capabilities=acknowledged,
        )
    assert error_of(caught.value) == (
        f"InsufficientCapabilitiesException: Requires capabilities : [{needed}]"
    )


def test_an_operation_that_is_not_emulated_is_an_error_that_names_it(lab: Lab) -> None:
    with pytest.raises(ClientError, match="cloudformation:DetectStackDrift"):
        lab.cfn.detect_stack_drift(StackName="app")
