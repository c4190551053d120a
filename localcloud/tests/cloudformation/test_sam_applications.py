"""What SAM's own templates ask for: policy templates, tags, layers, defaults."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import Cloud

from .conftest import ALL, Lab, error_of

SAM = "AWS::Serverless-2016-10-31"


def _function(**properties: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "InlineCode": "def handler(event, context): return 1",
            **properties,
        },
    }


@pytest.fixture
def lab(full_cloud: Cloud) -> Lab:
    return Lab(full_cloud, "us-east-1")


def _deploy(lab: Lab, resources: dict[str, Any]) -> str:
    body = json.dumps({"Transform": SAM, "Resources": resources})
    lab.cfn.create_stack(StackName="app", TemplateBody=body, Capabilities=ALL)
    return lab.status()


def test_policy_templates_and_roles_with_tags_are_deployed(lab: Lab) -> None:
    """Policy templates have no Version; the role has the function's tags, and SAM's own."""
    queue = {"Type": "AWS::SQS::Queue"}
    policies = [
        {"SQSSendMessagePolicy": {"QueueName": {"Fn::GetAtt": "Queue.QueueName"}}},
        {"S3ReadPolicy": {"BucketName": "bucket"}},
        {"StepFunctionsExecutionPolicy": {"StateMachineName": "machine"}},
        {"SSMParameterReadPolicy": {"ParameterName": "name"}},
    ]
    function = _function(Policies=policies, Tags={"team": "a"})
    assert _deploy(lab, {"Function": function, "Queue": queue}) == "CREATE_COMPLETE"
    role = lab.physical_id("FunctionRole")
    tags = lab.client("iam").list_role_tags(RoleName=role)["Tags"]
    assert {"Key": "team", "Value": "a"} in tags
    assert len(lab.client("iam").list_role_policies(RoleName=role)["PolicyNames"]) == len(policies)
    assert lab.delete() == "DELETE_COMPLETE"


def test_a_refusal_names_foreign_layers_the_response_module_and_custom_resources(lab: Lab) -> None:
    layer = "arn:aws:lambda:us-east-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python313:1"
    function = _function(Layers=[layer], InlineCode="import os\nimport cfnresponse\n")
    custom = {"Type": "Custom::Hook", "Properties": {"ServiceToken": {"Fn::GetAtt": "F.Arn"}}}
    with pytest.raises(ClientError) as caught:
        _deploy(lab, {"F": function, "Hook": custom})
    assert error_of(caught.value) == (
        "LocalCloudNotEmulated: The local cloud does not emulate "
        f"the layer {layer} of another account, the module cfnresponse of inline code, "
        "the custom resource Hook (Custom::Hook)."
    )


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::S3::Bucket", {"AccessControl": "Private", "ObjectLockEnabled": "false"}),
        ("AWS::KMS::Key", {"KeyPolicy": {}, "Enabled": True, "Origin": "AWS_KMS"}),
        ("AWS::Logs::LogGroup", {"DeletionProtectionEnabled": False}),
        ("AWS::SSM::Document", {"Content": {}, "Attachments": [], "Requires": []}),
    ],
)
def test_a_property_that_asks_for_the_default_is_accepted(
    lab: Lab, kind: str, properties: dict[str, Any]
) -> None:
    body = json.dumps({"Resources": {"A": {"Type": kind, "Properties": properties}}})
    lab.cfn.create_change_set(
        StackName="app", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=body
    )
    assert lab.status() == "REVIEW_IN_PROGRESS"


def test_a_function_that_asks_for_the_default_is_created(lab: Lab) -> None:
    function = _function(SnapStart={"ApplyOn": "None"})
    assert _deploy(lab, {"Function": function}) == "CREATE_COMPLETE"
