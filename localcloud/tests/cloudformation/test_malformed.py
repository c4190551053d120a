"""Malformed templates are refused in CloudFormation's words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import Lab, cloud_in, error_of


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One cloud for all: a refused template leaves nothing behind."""
    with closing(cloud_in(tmp_path_factory.mktemp("cloud"))) as cloud:
        yield Lab(cloud, "us-east-1")


TOPIC = {"Type": "AWS::SNS::Topic"}
FORMAT = "ValidationError: Template format error: "
ERROR = "ValidationError: Template error: "


def _refusal(lab: Lab, template: Any) -> str:
    body = template if isinstance(template, str) else json.dumps(template)
    with pytest.raises(ClientError) as caught:
        lab.cfn.create_stack(StackName="app", TemplateBody=body, Capabilities=["CAPABILITY_IAM"])
    assert lab.cfn.describe_stacks()["Stacks"] == []
    return error_of(caught.value)


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("[1, 2]", f"{FORMAT}unsupported structure."),
        ("text", f"{FORMAT}unsupported structure."),
        ("{{", f"{FORMAT}YAML not well-formed. (line 2, column 1)"),
        ("Resources: {A: &a {Type: AWS::SNS::Topic}, B: *a}", f"{ERROR}YAML aliases are not "),
        ("[" * 3000 + "]" * 3000, f"{FORMAT}the template is nested more than 100 levels deep."),
        ('{"a":' * 5000 + "1" + "}" * 5000, f"{FORMAT}the template is nested more than 100 levels"),
        ({"Resources": {}}, f"{FORMAT}At least one Resources member must be defined."),
        ({"Resources": []}, f"{FORMAT}At least one Resources member must be defined."),
        ({"Resources": {"A": "x"}}, f"{FORMAT}[/Resources/A] resource definition is malformed"),
        (
            {"Resources": {"A": {}}},
            f"{FORMAT}[/Resources/A] Every Resources object must contain a Type member.",
        ),
        (
            {"Resources": {"A": {**TOPIC, "Properties": {"X": [None]}}}},
            "ValidationError: [/Resources/A/Properties/X/0] 'null' values are not allowed in ",
        ),
    ],
)
def test_a_text_that_is_no_template_is_refused(lab: Lab, template: Any, message: str) -> None:
    assert _refusal(lab, template).startswith(message)


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"Parametres": {}}, "ValidationError: Invalid template property or properties "),
        ({"Outputs": []}, f"{FORMAT}Outputs must be an object."),
        (
            {"AWSTemplateFormatVersion": "2010-09-10"},
            f"{FORMAT}unsupported value for AWSTemplateFormatVersion.",
        ),
        ({"Description": "é" * 513}, f"{FORMAT}'Description' length is greater than 1024."),
        ({"Transform": [1]}, f"{FORMAT}Transform must be a string or a list of strings."),
        (
            {"Parameters": {f"P{n}": {"Type": "String", "Default": ""} for n in range(201)}},
            f"{FORMAT}Number of parameters, 201, is greater than maximum allowed, 200",
        ),
        (
            {"Outputs": {f"O{n}": {"Value": ""} for n in range(201)}},
            f"{FORMAT}Number of outputs, 201, is greater than maximum allowed, 200",
        ),
        (
            {"Mappings": {f"M{n}": {"a": {"b": "c"}} for n in range(201)}},
            f"{FORMAT}Number of mappings, 201, is greater than maximum allowed, 200",
        ),
        (
            {"Resources": {f"R{n}": TOPIC for n in range(501)}},
            f"{FORMAT}Number of resources, 501, is greater than maximum allowed, 500",
        ),
        ({"Parameters": {"a-b": {"Type": "String"}}}, f"{FORMAT}Parameter name a-b is non alpha"),
        ({"Parameters": {"P" * 256: {"Type": "String"}}}, f"{FORMAT}Parameter name PPP"),
        ({"Parameters": {"P": "String"}}, f"{FORMAT}Any Parameters member must be a JSON object."),
        ({"Parameters": {"P": {}}}, f"{FORMAT}Every Parameters object must contain a Type member."),
        (
            {"Parameters": {"P": {"Type": "Strung", "Default": ""}}},
            f"{FORMAT}Unrecognized parameter type: Strung",
        ),
        (
            {"Parameters": {"P": {"Type": "String", "Defualt": ""}}},
            "ValidationError: Invalid template parameter property or properties [Defualt]",
        ),
        (
            {"Parameters": {"P": {"Type": "String", "Default": {}}}},
            f"{FORMAT}Every Default member must be a string.",
        ),
        (
            {"Parameters": {"P": {"Type": "String", "AllowedPattern": "(", "Default": ""}}},
            f"{FORMAT}Parameter 'P' AllowedPattern must be a valid regular expression.",
        ),
        (
            {"Parameters": {"P": {"Type": "String", "Default": "x" * 4097}}},
            "ValidationError: Parameter 'P' must contain at most 4096 bytes",
        ),
        ({"Mappings": {"M": {"a": "b"}}}, f"{FORMAT}Every Mappings member a must be a map"),
        (
            {"Mappings": {"M": {"a": {"b": {"c": "d"}}}}},
            f"{FORMAT}Every Mappings attribute must be a String or a List.",
        ),
        ({"Conditions": {"C": "x"}}, f"{FORMAT}Any Conditions member must be a JSON object."),
        (
            {"Conditions": {"C": {"Ref": "AWS::Region"}}},
            f"{FORMAT}Conditions can only be boolean operations on parameters and other conditions",
        ),
        (
            {"Conditions": {"C": {"Condition": "D"}, "D": {"Fn::Not": [{"Condition": "C"}]}}},
            f"{FORMAT}Found circular condition dependency between [C, D]",
        ),
        (
            {"Conditions": {"C": {"Fn::Equals": [{"Ref": "A"}, ""]}}},
            f"{FORMAT}Unresolved dependencies [A]. Cannot reference resources in the Conditions ",
        ),
        ({"Outputs": {"O": {}}}, f"{FORMAT}Every Outputs member must contain a Value object"),
        (
            {"Outputs": {"O": {"Value": ["x"]}}},
            f"{FORMAT}The Value field of every Outputs member must evaluate to a String.",
        ),
    ],
)
def test_a_malformed_section_is_refused(lab: Lab, sections: Any, message: str) -> None:
    assert _refusal(lab, {"Resources": {"A": TOPIC}, **sections}).startswith(message)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"DependsOn": "Nobody"}, f"{FORMAT}Unresolved resource dependencies [Nobody] in the "),
        ({"DependsOn": "P"}, f"{FORMAT}Unresolved resource dependencies [P] in the Resources "),
        ({"DependsOn": "A"}, "ValidationError: Circular dependency between resources: [A]"),
        ({"DependsOn": {"Ref": "P"}}, f"{FORMAT}DependsOn must be a string or list of strings."),
        ({"DependsOn": ["A", 1]}, f"{FORMAT}Every DependsOn value must be a string."),
        ({"Condition": ["C"]}, f"{FORMAT}Every Condition member must be a string."),
        ({"Condition": "C"}, f"{FORMAT}Unresolved condition dependency C in the Resources block"),
        ({"DeletionPolicy": "Keep"}, f"{FORMAT}Unrecognized DeletionPolicy Keep for resource A"),
        ({"Properties": ["x"]}, f"{FORMAT}[/Resources/A/Properties] must be an object."),
    ],
)
def test_a_malformed_attribute_of_a_resource_is_refused(
    lab: Lab, attributes: Any, message: str
) -> None:
    parameters = {"P": {"Type": "String", "Default": ""}}
    template = {"Parameters": parameters, "Resources": {"A": {**TOPIC, **attributes}}}
    assert _refusal(lab, template).startswith(message)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ({"Ref": ["P"]}, "All References must be of type string"),
        ({"Fn::GetAtt": "A"}, "every Fn::GetAtt object requires two non-empty parameters"),
        ({"Fn::GetAtt": ["P", "x"]}, "instance of Fn::GetAtt references undefined resource P"),
        ({"Fn::Sub": []}, "One or more Fn::Sub intrinsic functions don't specify expected "),
        ({"Fn::Sub": ["x", {}, 1]}, "One or more Fn::Sub intrinsic functions don't specify "),
        ({"Fn::Sub": "${a-b}"}, "variable names in Fn::Sub syntax must contain only alphanumeric"),
        ({"Fn::Join": [","]}, "every Fn::Join object requires two parameters, (1) a string"),
        ({"Fn::Join": [",", {"Ref": "P"}]}, "every Fn::Join object requires two parameters"),
        ({"Fn::Select": ["0"]}, "Fn::Select requires a list argument with two elements"),
        ({"Fn::Select": [0, {"a": "b"}]}, "Fn::Select requires a list argument with two elements"),
        ({"Fn::Select": ["x", ["a"]]}, "Fn::Select requires a list argument with a valid index"),
        ({"Fn::Select": [1, ["a"]]}, "Fn::Select cannot select nonexistent value at index 1"),
        ({"Fn::Split": ["", "x"]}, "every Fn::Split object requires two parameters, (1) a string"),
        ({"Fn::If": ["C", "x"]}, "Fn::If requires a list argument with three elements"),
        ({"Fn::FindInMap": ["M", "a"]}, "every Fn::FindInMap object requires three parameters"),
        ({"Fn::FindInMap": ["M", "a", "b"]}, "Mapping named 'M' is not present in the 'Mappings'"),
        ({"Fn::Base64": ["x"]}, "every Fn::Base64 object must have a String-typed value."),
        ({"Fn::GetAZs": []}, "every Fn::GetAZs object must have a String-typed value."),
        ({"Fn::GetAZs": "nowhere"}, "Fn::GetAZs: there is no Region nowhere"),
        ({"Fn::Cidr": ["x", 1]}, "Fn::Cidr: 'x' does not appear to be an IPv4 or IPv6 network"),
        ({"Fn::And": [True]}, "every Fn::And object requires a list of at least 2 and at most 10"),
        ({"Fn::Equals": ["x"]}, "Fn::Equals requires a list argument with two elements"),
        ({"Fn::Not": []}, "Fn::Not requires a list argument with one function token"),
    ],
)
def test_a_function_with_wrong_arguments_is_refused(lab: Lab, function: Any, message: str) -> None:
    parameters = {"P": {"Type": "String", "Default": ""}}
    topic = {**TOPIC, "Properties": {"DisplayName": function}}
    template = {"Parameters": parameters, "Resources": {"A": topic}}
    assert _refusal(lab, template).startswith(f"{ERROR}{message}")


def test_a_function_that_does_not_exist_is_refused_with_those_that_do(lab: Lab) -> None:
    topic = {**TOPIC, "Properties": {"DisplayName": {"Fn::Ref": "x"}}}
    assert _refusal(lab, {"Resources": {"A": topic}}).startswith(
        "ValidationError: Template Error: Encountered unsupported function: Fn::Ref Supported "
        "functions are: [Ref, Condition, Fn::GetAtt,"
    )


def test_a_function_is_checked_in_a_branch_that_is_not_taken(lab: Lab) -> None:
    conditions = {"Never": {"Fn::Equals": ["a", "b"]}}
    branches = {"Fn::If": ["Never", {"Fn::Join": []}, "x"]}
    topic = {**TOPIC, "Properties": {"DisplayName": branches}}
    refusal = _refusal(lab, {"Conditions": conditions, "Resources": {"A": topic}})
    assert refusal.startswith(f"{ERROR}every Fn::Join object requires two parameters")


def test_a_refusal_names_all_that_is_not_emulated(lab: Lab) -> None:
    resources = {
        "A": {"Type": "AWS::EKS::Cluster"},
        "B": {"Type": "AWS::S3::Bucket", "Properties": {"WebsiteConfiguration": {}}},
        "C": {"Type": "Custom::Thing", "Properties": {"ServiceToken": "x"}},
        "D": {"Type": "AWS::CloudFormation::CustomResource", "CreationPolicy": {"x": 1}},
    }
    assert _refusal(lab, {"Resources": resources}) == (
        "LocalCloudNotEmulated: The local cloud does not emulate the resource type "
        "AWS::EKS::Cluster, the property WebsiteConfiguration of AWS::S3::Bucket, the custom "
        "resource C (Custom::Thing), the attribute CreationPolicy of "
        "AWS::CloudFormation::CustomResource, the custom resource D "
        "(AWS::CloudFormation::CustomResource)."
    )


def test_an_unknown_capability_is_refused(lab: Lab) -> None:
    body = json.dumps({"Resources": {"A": TOPIC}})
    with pytest.raises(ClientError, match=r"\[CAPABILITY_IAM, CAPABILITY_NAMED_IAM, CAPABILITY_"):
        lab.cfn.create_stack(StackName="a", TemplateBody=body, Capabilities=["CAPABILITY_ALL"])
    assert lab.cfn.describe_stacks()["Stacks"] == []


def test_the_translator_that_stumbles_over_a_template_is_named(lab: Lab) -> None:
    function = {"Type": "AWS::Serverless::Function", "Properties": {"Events": ["x"]}}
    template = {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"A": function}}
    assert _refusal(lab, template).startswith(
        "ValidationError: Transform AWS::Serverless-2016-10-31 failed with: "
    )


def _broken(_: str) -> None:
    raise KeyError("x")


def test_a_defect_leaves_no_stack_behind(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unexpected exception is the local cloud's fault, and says so; the next try works."""
    body = json.dumps({"Resources": {"A": TOPIC}})
    change_set = {"StackName": "app", "ChangeSetName": "first", "ChangeSetType": "CREATE"}
    with monkeypatch.context() as patch:
        patch.setattr("localcloud.cloudformation.templates.processor.load", _broken)
        for call, names in (
            (lab.cfn.create_stack, {"StackName": "app"}),
            (lab.cfn.create_change_set, change_set),
        ):
            with pytest.raises(ClientError, match=r"defect of the local cloud.*KeyError"):
                call(**names, TemplateBody=body)
    assert lab.cfn.describe_stacks()["Stacks"] == []
    lab.cfn.create_change_set(**change_set, TemplateBody=body)
    assert lab.status() == "REVIEW_IN_PROGRESS"
    lab.delete()
