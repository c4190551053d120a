"""Updates of stacks: in place, by replacement, rolled back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import Cloud

from .cases import TRUST
from .conftest import Lab, error_of


def _topic(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::SNS::Topic", "Properties": properties}


def _bucket(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::S3::Bucket", "Properties": properties}


def _calls(cloud: Cloud, service: str) -> list[str]:
    """Names of the calls that change something, in order."""
    verbs = ("Put", "Set", "Create", "Delete", "Update")
    calls = (entry.action.split(":") for entry in cloud.ledger.entries())
    return [name for of, name in calls if of == service and name.startswith(verbs)]


def test_only_changed_resources_are_updated(lab: Lab, cloud: Cloud) -> None:
    lab.create({"Topic": _topic(DisplayName="a"), "Bucket": _bucket()})
    before = len(_calls(cloud, "s3"))
    assert lab.update({"Topic": _topic(DisplayName="b"), "Bucket": _bucket()}) == "UPDATE_COMPLETE"
    assert len(_calls(cloud, "s3")) == before
    attributes = lab.client("sns").get_topic_attributes(TopicArn=lab.physical_id("Topic"))
    assert attributes["Attributes"]["DisplayName"] == "b"


def test_an_update_without_changes_is_refused(lab: Lab) -> None:
    lab.create({"Topic": _topic()})
    with pytest.raises(ClientError) as caught:
        lab.update({"Topic": _topic()})
    assert error_of(caught.value) == "ValidationError: No updates are to be performed."


def test_a_parameter_that_nothing_uses_is_no_change(lab: Lab) -> None:
    parameters = {"P": {"Type": "String"}}
    lab.create({"Topic": _topic()}, parameters={"P": "1"}, Parameters=parameters)
    with pytest.raises(ClientError, match="No updates are to be performed"):
        lab.update({"Topic": _topic()}, parameters={"P": "2"}, Parameters=parameters)


def test_an_output_alone_is_a_change(lab: Lab) -> None:
    lab.create({"Topic": _topic()})
    assert lab.update({"Topic": _topic()}, Outputs={"O": {"Value": "1"}}) == "UPDATE_COMPLETE"
    assert lab.outputs() == {"O": "1"}


def test_a_replaced_resource_changes_those_that_refer_to_it(
    lab: Lab,
) -> None:
    resources = {
        "Topic": _topic(DisplayName={"Ref": "Bucket"}),
    }
    lab.create({**resources, "Bucket": _bucket(BucketName="old")})
    assert lab.update({**resources, "Bucket": _bucket(BucketName="new")}) == "UPDATE_COMPLETE"
    topic = lab.client("sns").get_topic_attributes(TopicArn=lab.physical_id("Topic"))
    assert topic["Attributes"]["DisplayName"] == "new"
    assert lab.buckets() == {"new"}
    statuses = [status for name, status in lab.events() if name == "Bucket"]
    assert statuses[-2:] == ["DELETE_IN_PROGRESS", "DELETE_COMPLETE"]
    assert lab.physical_id("Bucket") == "new"


def test_a_resource_that_is_not_in_the_template_any_more_is_deleted_last(lab: Lab) -> None:
    lab.create({"A": _bucket(), "Topic": _topic(DisplayName="a")})
    lab.update({"Topic": _topic(DisplayName="b")})
    assert lab.buckets() == set()
    ends = [item for item in lab.events() if item[1].endswith("_COMPLETE")][-4:]
    assert ends == [
        ("app", "CREATE_COMPLETE"),
        ("Topic", "UPDATE_COMPLETE"),
        ("A", "DELETE_COMPLETE"),
        ("app", "UPDATE_COMPLETE"),
    ]
    summaries = lab.cfn.list_stack_resources(StackName="app")["StackResourceSummaries"]
    assert [item["LogicalResourceId"] for item in summaries] == ["Topic"]


def test_a_removed_resource_with_retain_is_kept(lab: Lab) -> None:
    lab.create({"A": {**_bucket(), "DeletionPolicy": "Retain"}, "Topic": _topic()})
    lab.update({"Topic": _topic()})
    assert len(lab.buckets()) == 1


def test_what_is_replaced_may_be_retained(lab: Lab) -> None:
    def resource(name: str) -> dict[str, Any]:
        return {"A": {**_bucket(BucketName=name), "UpdateReplacePolicy": "Retain"}}

    lab.create(resource("old"))
    lab.update(resource("new"))
    assert lab.buckets() == {"old", "new"}


def test_the_wire_step_adds_replication_by_parameters(lab: Lab) -> None:
    """A bucket gains a replication to its peer, with a role that exists only then."""
    template: dict[str, Any] = {
        "Parameters": {"Peer": {"Type": "String", "Default": ""}},
        "Conditions": {"Wired": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Peer"}, ""]}]}},
    }
    rule = {
        "Status": "Enabled",
        "Priority": 1,
        "Filter": {"Prefix": "input/"},
        "DeleteMarkerReplication": {"Status": "Enabled"},
        "Destination": {"Bucket": {"Ref": "Peer"}},
    }
    configuration = {"Role": {"Fn::GetAtt": "Role.Arn"}, "Rules": [rule]}
    none = {"Ref": "AWS::NoValue"}
    resources = {
        "Bucket": _bucket(
            VersioningConfiguration={"Status": "Enabled"},
            ReplicationConfiguration={"Fn::If": ["Wired", configuration, none]},
        ),
        "Role": {
            "Type": "AWS::IAM::Role",
            "Condition": "Wired",
            "Properties": {"AssumeRolePolicyDocument": TRUST},
        },
    }
    lab.client("s3").create_bucket(Bucket="peer")
    lab.client("s3").put_bucket_versioning(
        Bucket="peer", VersioningConfiguration={"Status": "Enabled"}
    )
    lab.create(resources, **template)
    bucket = lab.physical_id("Bucket")
    peer = {"Peer": "arn:aws:s3:::peer"}
    assert lab.update(resources, parameters=peer, **template) == "UPDATE_COMPLETE"
    assert lab.physical_id("Bucket") == bucket
    replication = lab.client("s3").get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"]
    assert replication["Role"].endswith("/" + lab.physical_id("Role"))
    assert replication["Rules"][0]["Destination"]["Bucket"] == "arn:aws:s3:::peer"
    assert lab.update(resources, parameters={"Peer": ""}, **template) == "UPDATE_COMPLETE"
    with pytest.raises(ClientError, match="ReplicationConfigurationNotFound"):
        lab.client("s3").get_bucket_replication(Bucket=bucket)


def test_a_failed_update_is_rolled_back(lab: Lab) -> None:
    first = {"Topic": _topic(DisplayName="a"), "Bucket": _bucket(BucketName="old")}
    lab.create(first, Outputs={"O": {"Value": "1"}})
    lab.refuse("CreateQueue")
    second = {
        "Topic": _topic(DisplayName="b"),
        "Bucket": _bucket(BucketName="new"),
        "Queue": {"Type": "AWS::SQS::Queue", "DependsOn": ["Topic", "Bucket"]},
    }
    assert lab.update(second, Outputs={"O": {"Value": "2"}}) == "UPDATE_ROLLBACK_COMPLETE"
    assert lab.reason("app", "UPDATE_ROLLBACK_IN_PROGRESS") == (
        "The following resource(s) failed to create: [Queue]. "
    )
    attributes = lab.client("sns").get_topic_attributes(TopicArn=lab.physical_id("Topic"))
    assert attributes["Attributes"]["DisplayName"] == "a"
    assert (lab.buckets(), lab.physical_id("Bucket"), lab.outputs()) == (
        {"old"},
        "old",
        {"O": "1"},
    )
    summaries = lab.cfn.list_stack_resources(StackName="app")["StackResourceSummaries"]
    assert {item["LogicalResourceId"] for item in summaries} == {"Topic", "Bucket"}
    with pytest.raises(ClientError, match="No updates are to be performed"):
        lab.update(first, Outputs={"O": {"Value": "1"}})


def test_without_rollback_a_failed_update_can_be_tried_again(lab: Lab) -> None:
    lab.create({"Topic": _topic(DisplayName="a")})
    lab.refuse("SetTopicAttributes")
    changed = {"Topic": _topic(DisplayName="b")}
    body = json.dumps({"Resources": changed})
    lab.cfn.update_stack(StackName="app", TemplateBody=body, DisableRollback=True)
    assert lab.status() == "UPDATE_FAILED"
    lab.allow()
    assert lab.update(changed) == "UPDATE_COMPLETE"
    attributes = lab.client("sns").get_topic_attributes(TopicArn=lab.physical_id("Topic"))
    assert attributes["Attributes"]["DisplayName"] == "b"


def test_resources_have_the_stacks_tags_but_their_own_come_first(lab: Lab) -> None:
    own = {"Bucket": _bucket(Tags=[{"Key": "a", "Value": "own"}])}
    lab.cfn.create_stack(
        StackName="app",
        TemplateBody=json.dumps({"Resources": own}),
        Tags=[{"Key": "a", "Value": "stack"}, {"Key": "b", "Value": "stack"}],
    )
    tags = lab.client("s3").get_bucket_tagging(Bucket=lab.physical_id("Bucket"))["TagSet"]
    assert {item["Key"]: item["Value"] for item in tags} == {"a": "own", "b": "stack"}


def test_a_stack_that_does_not_exist_cannot_be_updated(lab: Lab) -> None:
    with pytest.raises(ClientError) as caught:
        lab.update({"Topic": _topic()})
    assert error_of(caught.value) == "ValidationError: Stack [app] does not exist"
