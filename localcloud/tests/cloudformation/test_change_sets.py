"""Change sets, as AWS CLI and SAM CLI use them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import ALL, Lab, error_of

TOPIC: dict[str, Any] = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}}


def _create_change_set(
    lab: Lab, resources: dict[str, Any], kind: str = "UPDATE", name: str = "c", **params: Any
) -> dict[str, Any]:
    lab.cfn.create_change_set(
        StackName="app",
        ChangeSetName=name,
        ChangeSetType=kind,
        TemplateBody=json.dumps({"Resources": resources}),
        Capabilities=ALL,
        **params,
    )
    change_set: dict[str, Any] = lab.cfn.describe_change_set(StackName="app", ChangeSetName=name)
    return change_set


def _changes(change_set: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    """Logical id → (action, replacement)."""
    changes = [item["ResourceChange"] for item in change_set["Changes"]]
    return {
        item["LogicalResourceId"]: (item["Action"], item.get("Replacement")) for item in changes
    }


def test_a_stack_is_created_by_a_change_set(lab: Lab) -> None:
    change_set = _create_change_set(lab, {"Topic": TOPIC}, "CREATE")
    assert (change_set["Status"], change_set["ExecutionStatus"]) == ("CREATE_COMPLETE", "AVAILABLE")
    assert _changes(change_set) == {"Topic": ("Add", None)}
    assert lab.status() == "REVIEW_IN_PROGRESS"
    lab.cfn.execute_change_set(StackName="app", ChangeSetName="c")
    assert lab.status() == "CREATE_COMPLETE"
    assert lab.events()[0] == ("app", "REVIEW_IN_PROGRESS")


def test_the_changes_of_an_update_tell_what_will_be_replaced(lab: Lab) -> None:
    dependent = {
        "Type": "AWS::SNS::Topic",
        "Properties": {"DisplayName": {"Fn::GetAtt": "Topic.TopicName"}},
    }
    lab.create(
        {
            "Topic": TOPIC,
            "Same": {"Type": "AWS::S3::Bucket"},
            "Dependent": dependent,
            "Gone": _queue(1),
        }
    )
    change_set = _create_change_set(
        lab,
        {
            "Topic": {**TOPIC, "Properties": {"TopicName": "other"}},
            "Same": {"Type": "AWS::S3::Bucket"},
            "Dependent": dependent,
            "New": _queue(2),
        },
    )
    assert _changes(change_set) == {
        "Topic": ("Modify", "True"),
        "Dependent": ("Modify", "False"),
        "New": ("Add", None),
        "Gone": ("Remove", None),
    }


def test_a_change_of_a_resource_may_replace_those_that_refer_to_it(lab: Lab) -> None:
    """As in AWS's examples of change sets: a parameter, a reference, an attribute, tags."""

    def resources(name: str, tag: str) -> dict[str, Any]:
        topic = {"TopicName": name, "Tags": [{"Key": "k", "Value": tag}]}
        follows = {
            "QueueName": {"Fn::GetAtt": "Topic.TopicName"},
            "KmsMasterKeyId": {"Ref": "Topic"},
            "DelaySeconds": {"Ref": "Delay"},
        }
        return {
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": topic},
            "Queue": {"Type": "AWS::SQS::Queue", "Properties": follows},
        }

    parameters = {"Delay": {"Type": "String", "Default": "1"}}
    lab.create(resources("a", "x"), Parameters=parameters)
    lab.cfn.create_change_set(
        StackName="app",
        ChangeSetName="c",
        TemplateBody=json.dumps({"Resources": resources("b", "y"), "Parameters": parameters}),
        Parameters=[{"ParameterKey": "Delay", "ParameterValue": "2"}],
    )
    change_set = lab.cfn.describe_change_set(StackName="app", ChangeSetName="c")
    assert _changes(change_set) == {"Topic": ("Modify", "True"), "Queue": ("Modify", "Conditional")}
    assert _scope(change_set, "Topic") == ["Properties", "Tags"]
    [topic] = [c for c in change_set["Changes"] if c["ResourceChange"]["Replacement"] == "True"]
    assert topic["ResourceChange"]["PolicyAction"] == "ReplaceAndDelete"


def _scope(change_set: dict[str, Any], logical_id: str) -> list[str]:
    changes = [item["ResourceChange"] for item in change_set["Changes"]]
    scope: list[str] = next(c["Scope"] for c in changes if c["LogicalResourceId"] == logical_id)
    return scope


def test_the_stacks_tags_change_every_resource_that_has_tags(lab: Lab) -> None:
    lab.create({"Topic": TOPIC, "Policy": _policy()})
    change_set = _create_change_set(
        lab, {"Topic": TOPIC, "Policy": _policy()}, Tags=[{"Key": "k", "Value": "v"}]
    )
    assert _changes(change_set) == {"Topic": ("Modify", "False")}
    assert _scope(change_set, "Topic") == ["Tags"]


def _policy() -> dict[str, Any]:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "sns:*", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    properties = {"Topics": [{"Ref": "Topic"}], "PolicyDocument": document}
    return {"Type": "AWS::SNS::TopicPolicy", "Properties": properties}


def test_a_change_that_may_replace_is_shown_as_conditional(lab: Lab) -> None:
    def document(word: str) -> dict[str, Any]:
        content = {"schemaVersion": "0.3", "description": word, "mainSteps": []}
        properties = {"DocumentType": "Automation", "Content": content}
        return {"Doc": {"Type": "AWS::SSM::Document", "Properties": properties}}

    lab.create(document("1"))
    change_set = _create_change_set(lab, document("2"))
    assert _scope(change_set, "Doc") == ["Properties"]
    assert _changes(change_set) == {"Doc": ("Modify", "Conditional")}


def test_a_change_set_is_obsolete_after_another_update(lab: Lab) -> None:
    lab.create({"Topic": TOPIC})
    _create_change_set(lab, {"Topic": {**TOPIC, "Properties": {"DisplayName": "1"}}})
    lab.update({"Topic": {**TOPIC, "Properties": {"DisplayName": "2"}}})
    with pytest.raises(
        ClientError, match=r"cannot be executed in its current status of \[OBSOLETE"
    ):
        lab.cfn.execute_change_set(StackName="app", ChangeSetName="c")


def _queue(seconds: int) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": seconds}}


def test_an_empty_change_set_fails_with_the_message_that_sam_looks_for(lab: Lab) -> None:
    lab.create({"Topic": TOPIC})
    change_set = _create_change_set(lab, {"Topic": TOPIC})
    assert (change_set["Status"], change_set["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert change_set["StatusReason"].startswith(
        "The submitted information didn't contain changes."
    )
    with pytest.raises(ClientError, match="cannot be executed in its current status"):
        lab.cfn.execute_change_set(StackName="app", ChangeSetName="c")


def test_previous_parameter_values_can_be_kept(lab: Lab) -> None:
    parameters = {"P": {"Type": "String", "Default": "default"}}
    topic = {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": "P"}}}}
    lab.create(topic, parameters={"P": "given"}, Parameters=parameters)
    lab.cfn.create_change_set(
        StackName="app",
        ChangeSetName="c",
        TemplateBody=json.dumps({"Resources": topic, "Parameters": parameters}),
        Parameters=[{"ParameterKey": "P", "UsePreviousValue": True}],
    )
    assert lab.cfn.describe_change_set(StackName="app", ChangeSetName="c")["Status"] == "FAILED"


def test_other_change_sets_are_obsolete_once_one_was_executed(lab: Lab) -> None:
    lab.create({"Topic": TOPIC})
    for name, label in (("one", "1"), ("two", "2")):
        _create_change_set(
            lab, {"Topic": {**TOPIC, "Properties": {"DisplayName": label}}}, name=name
        )
    lab.cfn.execute_change_set(StackName="app", ChangeSetName="one")
    states = {
        item["ChangeSetName"]: item["ExecutionStatus"]
        for item in lab.cfn.list_change_sets(StackName="app")["Summaries"]
    }
    assert states == {"one": "EXECUTE_COMPLETE", "two": "OBSOLETE"}


def test_a_failed_creation_by_change_set_rolls_back(lab: Lab) -> None:
    policy = {"Queues": ["https://sqs.us-east-1.amazonaws.com/123456789012/no"]}
    broken = {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {**policy, "PolicyDocument": {}},
        "DependsOn": "Bucket",
    }
    _create_change_set(lab, {"Bucket": {"Type": "AWS::S3::Bucket"}, "Broken": broken}, "CREATE")
    lab.cfn.execute_change_set(StackName="app", ChangeSetName="c")
    assert (lab.status(), lab.buckets()) == ("ROLLBACK_COMPLETE", set())


def test_a_refused_template_leaves_no_stack_behind(lab: Lab) -> None:
    with pytest.raises(ClientError, match="Unrecognized resource types"):
        _create_change_set(lab, {"A": {"Type": "AWS::No::Such"}}, "CREATE")
    assert lab.cfn.describe_stacks()["Stacks"] == []


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (
            "CREATE",
            "ValidationError: Stack [app] already exists and cannot be created again with the "
            "changeSet [c].",
        ),
        ("UPDATE", "AlreadyExistsException: ChangeSet c already exists"),
    ],
)
def test_a_change_set_that_does_not_suit_its_stack_is_refused(
    lab: Lab, kind: str, message: str
) -> None:
    lab.create({"Topic": TOPIC})
    _create_change_set(lab, {"Topic": {**TOPIC, "Properties": {"DisplayName": "x"}}})
    with pytest.raises(ClientError) as caught:
        _create_change_set(lab, {"Topic": TOPIC}, kind)
    assert error_of(caught.value) == message


def test_a_deleted_change_set_is_not_found(lab: Lab) -> None:
    _create_change_set(lab, {"Topic": TOPIC}, "CREATE")
    lab.cfn.delete_change_set(StackName="app", ChangeSetName="c")
    with pytest.raises(ClientError) as caught:
        lab.cfn.describe_change_set(StackName="app", ChangeSetName="c")
    assert error_of(caught.value) == "ChangeSetNotFound: ChangeSet [c] does not exist"


def test_the_waiters_of_the_clis_succeed(lab: Lab) -> None:
    _create_change_set(lab, {"Topic": TOPIC}, "CREATE")
    params = {"StackName": "app", "WaiterConfig": {"Delay": 0, "MaxAttempts": 1}}
    lab.cfn.get_waiter("change_set_create_complete").wait(ChangeSetName="c", **params)
    lab.cfn.execute_change_set(StackName="app", ChangeSetName="c")
    lab.cfn.get_waiter("stack_create_complete").wait(**params)
    lab.cfn.delete_stack(StackName="app")
    lab.cfn.get_waiter("stack_delete_complete").wait(**params)
