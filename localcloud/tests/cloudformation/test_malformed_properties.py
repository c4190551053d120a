"""No malformed template makes the local cloud answer in words of Python.

``TRIES=5000 pytest …/test_malformed_properties.py`` tries more than the suite does.
"""

from __future__ import annotations

import copy
import json
import os
import re
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localcloud.cloud import Cloud

from .conftest import ALL, Lab

TRIES = int(os.environ.get("TRIES", "150"))
_ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "lambda.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        },
        "Tags": [{"Key": "a", "Value": {"Ref": "Name"}}],
    },
}
TEMPLATE: dict[str, Any] = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Description": "well-formed",
    "Parameters": {
        "Name": {"Type": "String", "Default": "name", "AllowedValues": ["name", "other"]},
        "Count": {"Type": "Number", "Default": 2, "MinValue": 1, "MaxValue": 9},
        "List": {"Type": "CommaDelimitedList", "Default": "a,b"},
    },
    "Mappings": {"Map": {"us-east-1": {"Value": "east", "List": ["a", "b"]}}},
    "Conditions": {
        "Yes": {"Fn::Equals": [{"Ref": "Name"}, "name"]},
        "No": {"Fn::Not": [{"Condition": "Yes"}]},
        "Both": {"Fn::And": [{"Condition": "Yes"}, {"Fn::Or": [True, {"Condition": "No"}]}]},
    },
    "Resources": {
        "Topic": {
            "Type": "AWS::SNS::Topic",
            "Condition": "Yes",
            "Properties": {
                "DisplayName": {"Fn::Sub": ["${Name}-${x}", {"x": {"Ref": "AWS::Region"}}]},
                "Tags": [{"Key": "a", "Value": {"Fn::Join": ["-", {"Ref": "List"}]}}],
            },
        },
        "Queue": {
            "Type": "AWS::SQS::Queue",
            "DependsOn": ["Topic"],
            "DeletionPolicy": "Delete",
            "Metadata": {"a": 1},
            "Properties": {
                "DelaySeconds": {"Ref": "Count"},
                "VisibilityTimeout": {"Fn::If": ["Both", 5, {"Ref": "AWS::NoValue"}]},
            },
        },
        "Other": {
            "Type": "AWS::SNS::Topic",
            "Properties": {
                "TopicName": {"Fn::Select": [5, {"Fn::Split": [":", {"Fn::GetAtt": "Queue.Arn"}]}]},
                "DisplayName": {"Fn::FindInMap": ["Map", {"Ref": "AWS::Region"}, "Value"]},
            },
        },
        "Role": _ROLE,
    },
    "Outputs": {
        "Arn": {
            "Value": {"Fn::GetAtt": ["Queue", "Arn"]},
            "Description": "d",
        }
    },
}
SERVERLESS: dict[str, Any] = {
    "Transform": "AWS::Serverless-2016-10-31",
    "Globals": {"Function": {"Timeout": 3, "Runtime": "python3.13"}},
    "Resources": {
        "Function": {
            "Type": "AWS::Serverless::Function",
            "Properties": {
                "Handler": "index.handler",
                "InlineCode": "def handler(event, context): return 1",
                "Policies": [{"SQSPollerPolicy": {"QueueName": {"Fn::GetAtt": "Q.QueueName"}}}],
                "Environment": {"Variables": {"A": {"Ref": "Q"}}},
                "Events": {"Get": {"Type": "Api", "Properties": {"Path": "/", "Method": "get"}}},
                "Tags": {"a": "b"},
            },
        },
        "Q": {"Type": "AWS::SQS::Queue"},
    },
}

_SCALARS = st.sampled_from(["", "x", "Name", "Queue", "Yes", "${x}", "AWS::NoValue", -1, 0.5, True])
_FUNCTIONS = st.sampled_from(
    re.split(
        r"\s+",
        """Ref Condition Fn::GetAtt Fn::Sub Fn::Join Fn::Select Fn::Split Fn::If Fn::FindInMap
        Fn::ImportValue Fn::Base64 Fn::Cidr Fn::GetAZs Fn::And Fn::Or Fn::Not Fn::Equals Fn::Length
        Fn::ToJsonString Fn::Transform Fn::ForEach::X Fn::Nothing""",
    )
)
_JUNK = st.recursive(
    _SCALARS | st.none(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(_FUNCTIONS | st.sampled_from(["Type", "a"]), inner, max_size=2)
    ),
    max_leaves=5,
)


def _places(node: Any) -> list[tuple[Any, Any]]:
    """Every container in ``node`` with each of its keys."""
    keys = list(node) if isinstance(node, dict) else range(len(node))
    inner = [node[key] for key in keys if isinstance(node[key], (dict, list))]
    return [(node, key) for key in keys] + [place for item in inner for place in _places(item)]


@st.composite
def _malformed(draw: st.DrawFn) -> dict[str, Any]:
    """A template with up to three places replaced, wrapped, removed or renamed."""
    template: dict[str, Any]
    template = copy.deepcopy(draw(st.sampled_from([TEMPLATE, TEMPLATE, SERVERLESS])))
    for _ in range(draw(st.integers(1, 3))):
        container, key = draw(st.sampled_from(_places(template) or [({"x": 0}, "x")]))
        deed = draw(st.sampled_from(["replace", "replace", "wrap", "remove", "rename"]))
        if deed == "replace":
            container[key] = draw(_JUNK)
        elif deed == "wrap":
            container[key] = {draw(_FUNCTIONS): container[key]}
        elif deed == "remove":
            del container[key]
        elif isinstance(container, dict):
            container[draw(_SCALARS | _FUNCTIONS)] = container.pop(key)
    return template


def _try(lab: Lab, body: str) -> None:
    """Create a stack of ``body``, and delete it; neither may fail in words of Python."""
    name = f"s{uuid.uuid4().hex}"
    try:
        lab.cfn.create_stack(StackName=name, TemplateBody=body or " ", Capabilities=ALL)
    except ClientError as error:
        details = error.response["Error"]
        assert details["Code"] in ("ValidationError", "LocalCloudNotEmulated"), details
        assert lab.cfn.describe_stacks()["Stacks"] == []
        return
    stack_id = lab.stack(name)["StackId"]
    lab.delete(name)
    events = lab.cfn.describe_stack_events(StackName=stack_id)["StackEvents"]
    reasons = [event.get("ResourceStatusReason", "") for event in events]
    assert not [reason for reason in reasons if "defect of the local cloud" in reason]
    assert lab.status(stack_id) == "DELETE_COMPLETE", reasons


@pytest.fixture
def whole(full_cloud: Cloud) -> Lab:
    return Lab(full_cloud, "us-east-1")


_SETTINGS = settings(
    max_examples=TRIES,
    deadline=None,
    database=None,
    derandomize=TRIES < 1000,
    suppress_health_check=list(HealthCheck),
)


def test_no_malformed_template_is_answered_in_words_of_python(whole: Lab) -> None:
    @_SETTINGS
    @given(template=_malformed())
    def check(template: dict[str, Any]) -> None:
        _try(whole, json.dumps(template))

    check()


def test_no_text_is_answered_in_words_of_python(lab: Lab) -> None:
    text = json.dumps(TEMPLATE, indent=1).replace('"', "")

    @_SETTINGS
    @given(start=st.integers(0, len(text)), length=st.integers(0, 50), inserted=st.text(max_size=5))
    def check(start: int, length: int, inserted: str) -> None:
        _try(lab, text[:start] + inserted + text[start + length :])

    check()
