"""Nested stacks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import Lab, error_of


def _child(display_name: str = "a") -> dict[str, Any]:
    return {
        "Parameters": {"Name": {"Type": "String"}, "List": {"Type": "CommaDelimitedList"}},
        "Resources": {
            "Topic": {
                "Type": "AWS::SNS::Topic",
                "Properties": {"TopicName": {"Ref": "Name"}, "DisplayName": display_name},
            }
        },
        "Outputs": {
            "Arn": {"Value": {"Ref": "Topic"}},
            "Items": {"Value": {"Fn::Join": ["+", {"Ref": "List"}]}},
        },
    }


def _parent(url: str) -> dict[str, Any]:
    return {
        "Child": {
            "Type": "AWS::CloudFormation::Stack",
            "Properties": {"TemplateURL": url, "Parameters": {"Name": "t", "List": ["x", "y"]}},
        }
    }


OUTPUTS = {
    "Arn": {"Value": {"Fn::GetAtt": ["Child", "Outputs.Arn"]}},
    "Items": {"Value": {"Fn::GetAtt": "Child.Outputs.Items"}},
}


def _nested(lab: Lab) -> dict[str, Any]:
    return lab.stack(lab.physical_id("Child"))


def test_a_nested_stack_is_deployed_and_its_outputs_are_attributes(lab: Lab) -> None:
    url = lab.put_template("child", _child())
    assert lab.create(_parent(url), Outputs=OUTPUTS) == "CREATE_COMPLETE"
    assert lab.outputs() == {"Arn": "arn:aws:sns:us-east-1:123456789012:t", "Items": "x+y"}
    nested = _nested(lab)
    assert nested["StackName"].startswith("app-Child-")
    assert nested["ParentId"] == nested["RootId"] == lab.stack()["StackId"]


def test_a_nested_template_may_change_behind_the_same_url(lab: Lab) -> None:
    url = lab.put_template("child", _child("a"))
    lab.create(_parent(url))
    lab.put_template("child", _child("b"))
    assert lab.update(_parent(url)) == "UPDATE_COMPLETE"
    assert _nested(lab)["StackStatus"] == "UPDATE_COMPLETE"


def test_a_nested_stack_without_changes_is_left_as_it_is(lab: Lab) -> None:
    url = lab.put_template("child", _child())
    lab.create(_parent(url))
    assert lab.update(_parent(url)) == "UPDATE_COMPLETE"
    assert _nested(lab)["StackStatus"] == "CREATE_COMPLETE"


def test_a_nested_stack_is_deleted_with_its_parent(lab: Lab) -> None:
    lab.create(_parent(lab.put_template("child", _child())))
    nested = lab.physical_id("Child")
    assert lab.delete() == "DELETE_COMPLETE"
    assert lab.status(nested) == "DELETE_COMPLETE"
    assert lab.client("sns").list_topics()["Topics"] == []


def test_a_nested_failure_names_the_resource_in_the_parents_events(lab: Lab) -> None:
    child = _child()
    child["Resources"]["Topic"]["Properties"]["TopicName"] = "not a name!"
    assert lab.create(_parent(lab.put_template("child", child))) == "ROLLBACK_COMPLETE"
    reason = lab.reason("Child", "CREATE_FAILED")
    assert reason.startswith("Embedded stack arn:aws:cloudformation:us-east-1:")
    assert "was not successfully created: The following resource(s) failed to create: [Topic]" in (
        reason
    )


def test_a_nested_update_is_rolled_back_with_its_parent(lab: Lab) -> None:
    old, new = lab.put_template("old", _child("a")), lab.put_template("new", _child("b"))
    lab.create(_parent(old))

    lab.refuse("CreateQueue")
    queue = {"Queue": {"Type": "AWS::SQS::Queue", "DependsOn": "Child"}}
    assert lab.update({**_parent(new), **queue}) == "UPDATE_ROLLBACK_COMPLETE"
    arn = "arn:aws:sns:us-east-1:123456789012:t"
    attributes = lab.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
    assert attributes["DisplayName"] == "a"


def test_a_nested_template_with_a_transform_has_to_be_acknowledged(lab: Lab) -> None:
    url = lab.put_template("child", {**_child(), "Transform": "AWS::Serverless-2016-10-31"})
    lab.cfn.create_stack(StackName="app", TemplateBody=json.dumps({"Resources": _parent(url)}))
    assert lab.status() == "ROLLBACK_COMPLETE"
    assert "Requires capabilities : [CAPABILITY_AUTO_EXPAND]" in lab.reason(
        "Child", "CREATE_FAILED"
    )


def test_a_template_that_cannot_be_read_is_refused(lab: Lab) -> None:
    lab.put_template("other", {})
    with pytest.raises(ClientError) as caught:
        lab.cfn.create_stack(
            StackName="app", TemplateURL="https://templates.s3.us-east-1.amazonaws.com/none"
        )
    assert error_of(caught.value).startswith(
        "ValidationError: S3 error: The specified key does not exist."
    )
    with pytest.raises(ClientError, match="TemplateURL must be a supported URL"):
        lab.cfn.create_stack(StackName="app", TemplateURL="https://example.com/a/b")
