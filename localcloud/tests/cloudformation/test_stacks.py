"""Creating and deleting stacks through the API."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import Cloud
from localcloud.cloudformation.stacks.engine import Engine
from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call

from .cases import TRUST
from .conftest import Lab, error_of

TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}}
BUCKET = {"Type": "AWS::S3::Bucket"}
# A queue policy for a queue that is not there: fails when it is created.
BROKEN = {
    "Type": "AWS::SQS::QueuePolicy",
    "Properties": {
        "Queues": ["https://sqs.us-east-1.amazonaws.com/123456789012/none"],
        "PolicyDocument": {},
    },
}


def test_a_stack_is_created_in_order_with_the_events_of_aws(lab: Lab) -> None:
    status = lab.create(
        {
            "Policy": {
                "Type": "AWS::SNS::TopicPolicy",
                "Properties": {"Topics": [{"Ref": "Topic"}], "PolicyDocument": {}},
            },
            "Topic": TOPIC,
        }
    )
    assert status == "CREATE_COMPLETE"
    assert lab.events() == [
        ("app", "CREATE_IN_PROGRESS"),
        ("Topic", "CREATE_IN_PROGRESS"),
        ("Topic", "CREATE_IN_PROGRESS"),
        ("Topic", "CREATE_COMPLETE"),
        ("Policy", "CREATE_IN_PROGRESS"),
        ("Policy", "CREATE_IN_PROGRESS"),
        ("Policy", "CREATE_COMPLETE"),
        ("app", "CREATE_COMPLETE"),
    ]


def test_no_two_events_of_a_stack_have_the_same_time(lab: Lab) -> None:
    lab.create({"Topic": TOPIC})
    times = [
        item["Timestamp"] for item in lab.cfn.describe_stack_events(StackName="app")["StackEvents"]
    ]
    assert times == sorted(set(times), reverse=True)


def test_depends_on_orders_what_no_reference_does(lab: Lab) -> None:
    lab.create({"A": {**BUCKET, "DependsOn": "B"}, "B": BUCKET})
    created = [name for name, status in lab.events() if status == "CREATE_COMPLETE"]
    assert created == ["B", "A", "app"]


def test_outputs_give_refs_and_attributes_as_aws_does(lab: Lab) -> None:
    outputs = {
        "Topic": {"Value": {"Ref": "Topic"}, "Description": "its ARN"},
        "Name": {"Value": {"Fn::GetAtt": ["Topic", "TopicName"]}},
        "Absent": {"Value": "x", "Condition": "Never"},
    }
    never = {"Never": {"Fn::Equals": ["a", "b"]}}
    lab.create({"Topic": TOPIC}, Outputs=outputs, Conditions=never)
    assert lab.outputs() == {"Topic": "arn:aws:sns:us-east-1:123456789012:t", "Name": "t"}


def test_a_generated_name_tells_stack_and_logical_id(lab: Lab) -> None:
    lab.create({"Topic": {"Type": "AWS::SNS::Topic"}, "Bucket": BUCKET})
    assert lab.physical_id("Topic").split(":")[-1].startswith("app-Topic-")
    assert lab.physical_id("Bucket").startswith("app-bucket-")
    assert lab.physical_id("Bucket").islower()


def test_a_resource_whose_condition_is_false_is_not_created(lab: Lab) -> None:
    lab.create(
        {"A": {**BUCKET, "Condition": "Never"}, "B": BUCKET},
        Conditions={"Never": {"Fn::Equals": ["a", "b"]}},
    )
    summaries = lab.cfn.list_stack_resources(StackName="app")["StackResourceSummaries"]
    assert [item["LogicalResourceId"] for item in summaries] == ["B"]


def test_a_failed_creation_tells_why_and_is_rolled_back(lab: Lab) -> None:
    assert lab.create({"Bucket": BUCKET, "Broken": {**BROKEN, "DependsOn": "Bucket"}}) == (
        "ROLLBACK_COMPLETE"
    )
    assert "does not exist" in lab.reason("Broken", "CREATE_FAILED")
    assert lab.reason("app", "ROLLBACK_IN_PROGRESS") == (
        "The following resource(s) failed to create: [Broken]. Rollback requested by user."
    )
    assert lab.buckets() == set()


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("AWS::S3::Bucket", {"BucketName": "mine"}),
        ("AWS::SNS::Topic", {"TopicName": "mine"}),
        ("AWS::SQS::Queue", {"QueueName": "mine"}),
        ("AWS::Logs::LogGroup", {"LogGroupName": "mine"}),
        ("AWS::IAM::Role", {"RoleName": "mine", "AssumeRolePolicyDocument": TRUST}),
        ("AWS::CloudWatch::Dashboard", {"DashboardName": "mine", "DashboardBody": "{}"}),
        (
            "AWS::CloudWatch::Alarm",
            {
                "AlarmName": "mine",
                "ComparisonOperator": "GreaterThanThreshold",
                "EvaluationPeriods": 1,
                "MetricName": "m",
                "Namespace": "n",
                "Period": 60,
                "Statistic": "Sum",
                "Threshold": 1,
            },
        ),
    ],
)
def test_a_stack_never_takes_over_a_resource_of_another_stack(
    lab: Lab, kind: str, properties: dict[str, Any]
) -> None:
    resource = {"Type": kind, "Properties": properties}
    assert lab.create({"Mine": resource}, "first") == "CREATE_COMPLETE"
    assert lab.create({"Mine": resource}, "second") == "ROLLBACK_COMPLETE"
    owner = lab.stack("first")["StackId"]
    assert lab.reason("Mine", "CREATE_FAILED", "second") == f"mine already exists in stack {owner}"
    assert lab.delete("first") == "DELETE_COMPLETE"
    assert lab.create({"Mine": resource}, "third") == "CREATE_COMPLETE"


def test_a_stack_never_takes_over_a_resource_from_outside(lab: Lab) -> None:
    lab.client("s3").create_bucket(Bucket="mine")
    bucket = {**BUCKET, "Properties": {"BucketName": "mine"}}
    assert lab.create({"Bucket": bucket}) == "ROLLBACK_COMPLETE"
    assert "already exists" in lab.reason("Bucket", "CREATE_FAILED")
    assert lab.buckets() == {"mine"}


def test_of_two_updates_at_once_one_is_refused(lab: Lab, cloud: Cloud) -> None:
    lab.create({"Topic": TOPIC})
    stack = cloud.get(Engine).stacks.get("us-east-1", "app")
    status = stack.status
    stack.begin(status, "UPDATE_IN_PROGRESS")
    with pytest.raises(ApiError, match="UPDATE_IN_PROGRESS state and can not be updated"):
        stack.begin(status, "UPDATE_IN_PROGRESS")


@pytest.mark.parametrize("operation", ["update_stack", "create_change_set", "delete_stack"])
def test_a_stack_that_is_being_updated_takes_no_other_operation(
    lab: Lab, cloud: Cloud, operation: str
) -> None:
    lab.create({"Topic": TOPIC})
    cloud.get(Engine).stacks.get("us-east-1", "app").enter("UPDATE_IN_PROGRESS")
    params = {} if operation == "delete_stack" else {"TemplateBody": _json({"Bucket": BUCKET})}
    params |= {"ChangeSetName": "c"} if operation == "create_change_set" else {}
    with pytest.raises(ClientError, match="UPDATE_IN_PROGRESS"):
        getattr(lab.cfn, operation)(StackName="app", **params)


def test_without_rollback_the_stack_stays_as_it_failed(lab: Lab) -> None:
    lab.cfn.create_stack(
        StackName="app",
        DisableRollback=True,
        TemplateBody=_json({"Bucket": BUCKET, "Broken": {**BROKEN, "DependsOn": "Bucket"}}),
    )
    assert lab.status() == "CREATE_FAILED"
    assert len(lab.buckets()) == 1


def test_a_deleted_stack_is_found_by_its_id_only(lab: Lab) -> None:
    lab.create({"Bucket": BUCKET})
    stack_id = lab.stack()["StackId"]
    assert lab.delete() == "DELETE_COMPLETE"
    assert lab.buckets() == set()
    with pytest.raises(ClientError) as caught:
        lab.stack()
    assert error_of(caught.value) == "ValidationError: Stack with id app does not exist"
    assert lab.status(stack_id) == "DELETE_COMPLETE"


def test_deletion_is_in_the_reverse_order_of_creation(lab: Lab) -> None:
    lab.create({"A": {**BUCKET, "DependsOn": "B"}, "B": BUCKET})
    stack_id = lab.stack()["StackId"]
    lab.delete()
    deleted = [name for name, status in lab.events(stack_id) if status == "DELETE_COMPLETE"]
    assert deleted == ["A", "B", "app"]


def test_deletion_tolerates_what_is_deleted_already(lab: Lab) -> None:
    lab.create({"Bucket": BUCKET, "Topic": TOPIC})
    lab.client("s3").delete_bucket(Bucket=lab.physical_id("Bucket"))
    assert lab.delete() == "DELETE_COMPLETE"


def test_a_bucket_with_objects_is_not_deleted_and_the_stack_tells_why(lab: Lab) -> None:
    lab.create({"Bucket": BUCKET, "Topic": TOPIC})
    lab.client("s3").put_object(Bucket=lab.physical_id("Bucket"), Key="k", Body=b"")
    assert lab.delete() == "DELETE_FAILED"
    assert lab.stack()["StackStatusReason"] == (
        "The following resource(s) failed to delete: [Bucket]. "
    )
    assert "not empty" in lab.reason("Bucket", "DELETE_FAILED")


def test_what_is_retained_outlives_its_stack(lab: Lab) -> None:
    lab.create({"Bucket": {**BUCKET, "DeletionPolicy": "Retain"}})
    bucket = lab.physical_id("Bucket")
    stack_id = lab.stack()["StackId"]
    assert lab.delete() == "DELETE_COMPLETE"
    assert lab.buckets() == {bucket}
    assert ("Bucket", "DELETE_SKIPPED") in lab.events(stack_id)


def test_protection_and_retained_resources_are_refused_by_name(lab: Lab) -> None:
    body = _json({"Topic": TOPIC})
    with pytest.raises(ClientError, match="does not emulate EnableTerminationProtection"):
        lab.cfn.create_stack(StackName="a", TemplateBody=body, EnableTerminationProtection=True)
    lab.create({"Topic": TOPIC})
    with pytest.raises(ClientError, match="does not emulate RetainResources"):
        lab.cfn.delete_stack(StackName="app", RetainResources=["Topic"])
    assert lab.status() == "CREATE_COMPLETE"


def test_deleting_what_does_not_exist_is_no_error(lab: Lab) -> None:
    lab.cfn.delete_stack(StackName="nowhere")


def test_two_stacks_cannot_have_one_name(lab: Lab) -> None:
    lab.create({"Topic": TOPIC})
    with pytest.raises(ClientError) as caught:
        lab.create({"Bucket": BUCKET})
    assert error_of(caught.value) == "AlreadyExistsException: Stack [app] already exists"


def test_each_region_has_stacks_of_its_own(lab: Lab, cloud: Cloud) -> None:
    lab.create({"Topic": TOPIC})
    west = Lab(cloud, "us-west-2")
    assert west.cfn.describe_stacks()["Stacks"] == []
    west.create({"Topic": TOPIC})
    assert west.stack()["StackId"].startswith("arn:aws:cloudformation:us-west-2:")


def test_the_call_answers_while_the_work_goes_on(lab: Lab, cloud: Cloud) -> None:
    cloud.get(Engine).patience = 0
    go_on = threading.Event()

    def block(call: Call) -> None:
        if call.name == "CreateTopic":
            go_on.wait(10)

    cloud.gateway.checks.append(block)
    assert lab.create({"Topic": TOPIC}) == "CREATE_IN_PROGRESS"
    with pytest.raises(ClientError, match="CREATE_IN_PROGRESS state and can not be updated"):
        lab.update({"Bucket": BUCKET})
    go_on.set()
    assert cloud.get(Engine).stacks.get("us-east-1", "app").idle.wait(10)
    assert lab.status() == "CREATE_COMPLETE"


def _json(resources: dict[str, Any]) -> str:
    return json.dumps({"Resources": resources})
