"""SAM, includes, and what is left to other transforms."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.cloudformation.templates import sam

from .cases import needed
from .conftest import ALL, Lab, error_of

SAM = "AWS::Serverless-2016-10-31"


def _function(**properties: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": "app.handler",
            "CodeUri": "s3://code/app.zip",
            **properties,
        },
    }


def _processed(lab: Lab, template: dict[str, Any], name: str = "app") -> dict[str, Any]:
    """The template that the transforms make, as a change set shows it."""
    lab.cfn.create_change_set(
        StackName=name,
        ChangeSetName="c",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps(template),
        Capabilities=ALL,
    )
    answer = lab.cfn.get_template(StackName=name, ChangeSetName="c", TemplateStage="Processed")
    resources: dict[str, Any] = answer["TemplateBody"]["Resources"]
    return resources


def test_a_serverless_function_becomes_a_function_with_a_role(lab: Lab) -> None:
    resources = _processed(lab, {"Transform": SAM, "Resources": {"F": _function()}})
    assert {name: item["Type"] for name, item in resources.items()} == {
        "F": "AWS::Lambda::Function",
        "FRole": "AWS::IAM::Role",
    }
    assert resources["F"]["Properties"]["Code"] == {"S3Bucket": "code", "S3Key": "app.zip"}


def test_a_number_as_parameter_default_reaches_the_environment_as_text(lab: Lab) -> None:
    function = _function(
        FunctionName="f",
        InlineCode="def handler(event, context): return 1",
        Role={"Fn::GetAtt": "Role.Arn"},
        Environment={"Variables": {"SIZE": {"Ref": "Size"}}},
    )
    del function["Properties"]["CodeUri"]
    parameters = {"Size": {"Type": "Number", "Default": 5}}
    resources = {"F": function, **needed("Role")}
    assert lab.create(resources, Transform=SAM, Parameters=parameters) == "CREATE_COMPLETE"
    answer = lab.client("lambda").get_function_configuration(FunctionName="f")
    assert answer["Environment"]["Variables"] == {"SIZE": "5"}


def test_the_name_of_a_managed_policy_becomes_its_arn() -> None:
    policies = {"Named": "arn:aws:iam::aws:policy/path/Named"}
    template = {"Resources": {"F": _function(Policies=["Named"])}}
    translated = sam.translate(template, {}, "us-east-1", lambda: policies)
    arns = translated["Resources"]["FRole"]["Properties"]["ManagedPolicyArns"]
    assert "arn:aws:iam::aws:policy/path/Named" in arns


def test_what_sam_cannot_translate_fails_the_change_set_with_sams_reason(lab: Lab) -> None:
    broken = {"Type": "AWS::Serverless::Function", "Properties": {"Runtime": "python3.13"}}
    lab.cfn.create_change_set(
        StackName="app",
        ChangeSetName="c",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps({"Transform": SAM, "Resources": {"F": broken}}),
    )
    change_set = lab.cfn.describe_change_set(StackName="app", ChangeSetName="c")
    assert change_set["Status"] == "FAILED"
    assert change_set["StatusReason"].startswith(f"Transform {SAM} failed with: ")
    assert "[F]" in change_set["StatusReason"]


def test_a_transform_has_to_be_acknowledged_unless_a_change_set_shows_it(lab: Lab) -> None:
    topic = {"Type": "AWS::SNS::Topic"}
    template = json.dumps({"Transform": SAM, "Resources": {"Topic": topic}})
    with pytest.raises(ClientError) as caught:
        lab.cfn.create_stack(StackName="app", TemplateBody=template)
    assert error_of(caught.value) == (
        "InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_AUTO_EXPAND]"
    )
    lab.cfn.create_change_set(
        StackName="app", ChangeSetName="c", ChangeSetType="CREATE", TemplateBody=template
    )


@pytest.mark.parametrize("transform", ["AWS::Include", "AWS::LanguageExtensions"])
def test_an_unknown_transform_is_an_error_that_names_it(lab: Lab, transform: str) -> None:
    loop = {"Fn::ForEach::Topics": ["Name", ["A"], {"${Name}": {"Type": "AWS::SNS::Topic"}}]}
    assert lab.refusal(loop, Transform=transform) == (
        f"LocalCloudNotEmulated: The local cloud does not emulate the transform {transform}."
    )


def test_dynamic_references_are_refused_before_anything_is_made(lab: Lab) -> None:
    properties = {"DisplayName": "{{resolve:secretsmanager:s:SecretString:k}}"}
    assert lab.refusal({"Topic": {"Type": "AWS::SNS::Topic", "Properties": properties}}) == (
        "LocalCloudNotEmulated: The local cloud does not emulate dynamic references "
        "({{resolve:…}})."
    )


def test_exports_and_imports_are_refused_before_anything_is_made(lab: Lab) -> None:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Fn::ImportValue": "x"}}}
    assert lab.refusal({"Topic": topic}) == (
        "LocalCloudNotEmulated: The local cloud does not emulate Fn::ImportValue."
    )
    output = {"Value": "v", "Export": {"Name": "x"}}
    assert lab.refusal({"Topic": {"Type": "AWS::SNS::Topic"}}, Outputs={"O": output}) == (
        "LocalCloudNotEmulated: The local cloud does not emulate the Export of the output O."
    )


def test_the_summary_tells_what_a_template_declares(lab: Lab) -> None:
    template = {
        "Transform": SAM,
        "Description": "d",
        "Parameters": {"P": {"Type": "String", "Default": 1, "AllowedValues": [1, 2]}},
        "Resources": {"F": _function(), "Role": {"Type": "AWS::IAM::Role"}},
    }
    summary = lab.cfn.get_template_summary(TemplateBody=json.dumps(template))
    assert summary["Parameters"] == [
        {
            "ParameterKey": "P",
            "ParameterType": "String",
            "DefaultValue": "1",
            "NoEcho": False,
            "ParameterConstraints": {"AllowedValues": ["1", "2"]},
        }
    ]
    assert summary["Capabilities"] == ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    assert summary["ResourceTypes"] == ["AWS::IAM::Role", "AWS::Serverless::Function"]
    assert summary["DeclaredTransforms"] == [SAM]
    assert summary["Description"] == "d"


def _include(location: str) -> dict[str, Any]:
    return {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": location}}}


def test_an_included_snippet_takes_its_place_and_its_functions_are_evaluated(lab: Lab) -> None:
    snippet = {"PolicyDocument": {"Fn::Sub": "${AWS::Region}"}, "Roles": ["a"]}
    lab.put_template("snippet.json", snippet)
    bucket = next(iter(lab.buckets()))
    resource = {"Type": "AWS::IAM::ManagedPolicy"}
    resource["Properties"] = _include(f"s3://{bucket}/snippet.json") | {"Path": "/"}  # type: ignore[assignment]
    resources = _processed(lab, {"Resources": {"P": resource}})
    assert resources["P"]["Properties"] == snippet | {"Path": "/"}


@pytest.mark.parametrize(
    ("transform", "message"),
    [
        (_include("s3://nowhere/x"), "S3 error"),
        ({"Fn::Transform": {"Name": "Mine"}}, "the transform Mine within a template"),
    ],
)
def test_an_include_that_fails_tells_why(lab: Lab, transform: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError) as error:
        _processed(lab, {"Resources": {"R": {"Type": "AWS::SNS::Topic", "Properties": transform}}})
    assert message in str(error.value)


def test_an_include_from_elsewhere_than_s3_fails_the_change_set(lab: Lab) -> None:
    resource = {"Type": "AWS::SNS::Topic", "Properties": _include("https://example.com/x")}
    lab.cfn.create_change_set(
        StackName="app",
        ChangeSetName="c",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps({"Resources": {"R": resource}}),
        Capabilities=ALL,
    )
    change_set = lab.cfn.describe_change_set(StackName="app", ChangeSetName="c")
    assert change_set["Status"] == "FAILED"
    assert "not a valid S3 URL" in change_set["StatusReason"]
