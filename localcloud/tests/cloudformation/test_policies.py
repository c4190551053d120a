"""DeletionPolicy and UpdateReplacePolicy: what outlives its stack or a roll-back."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Lab

BROKEN = {"Broken": {"Type": "AWS::SQS::Queue", "DependsOn": "Bucket"}}


def _bucket(policy: str, name: str = "kept") -> dict[str, Any]:
    properties = {"BucketName": name}
    return {
        "Bucket": {"Type": "AWS::S3::Bucket", "DeletionPolicy": policy, "Properties": properties}
    }


@pytest.mark.parametrize(
    ("policy", "is_retained"),
    [("Delete", False), ("Retain", True), ("RetainExceptOnCreate", True)],
)
def test_a_stacks_deletion_keeps_what_is_retained(lab: Lab, policy: str, is_retained: bool) -> None:
    lab.create(_bucket(policy))
    assert lab.delete() == "DELETE_COMPLETE"
    assert lab.buckets() == ({"kept"} if is_retained else set())


@pytest.mark.parametrize(
    ("policy", "is_retained"),
    [("Delete", False), ("Retain", True), ("RetainExceptOnCreate", False)],
)
def test_a_creations_rollback_keeps_only_what_is_retained_for_good(
    lab: Lab, policy: str, is_retained: bool
) -> None:
    lab.refuse("CreateQueue")
    assert lab.create({**_bucket(policy), **BROKEN}) == "ROLLBACK_COMPLETE"
    assert lab.buckets() == ({"kept"} if is_retained else set())


@pytest.mark.parametrize(
    ("policy", "is_retained"),
    [("Delete", False), ("Retain", True), ("RetainExceptOnCreate", False)],
)
def test_an_updates_rollback_keeps_only_what_is_retained_for_good(
    lab: Lab, policy: str, is_retained: bool
) -> None:
    lab.create({"Topic": {"Type": "AWS::SNS::Topic"}})
    lab.refuse("CreateQueue")
    new = {"Topic": {"Type": "AWS::SNS::Topic"}, **_bucket(policy), **BROKEN}
    assert lab.update(new) == "UPDATE_ROLLBACK_COMPLETE"
    assert lab.buckets() == ({"kept"} if is_retained else set())


def test_a_retained_resource_stays_when_it_leaves_the_template(lab: Lab) -> None:
    topic = {"Topic": {"Type": "AWS::SNS::Topic"}}
    lab.create({**_bucket("RetainExceptOnCreate"), **topic})
    lab.update(topic)
    assert lab.buckets() == {"kept"}


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        (
            {"DeletionPolicy": "Snapshot"},
            "ValidationError: Template error: resource type AWS::S3::Bucket does not support "
            "deletion policy Snapshot",
        ),
        (
            {"UpdateReplacePolicy": "Snapshot"},
            "ValidationError: Template error: resource type AWS::S3::Bucket does not support "
            "update replace policy Snapshot",
        ),
        (
            {"DeletionPolicy": "Keep"},
            "ValidationError: Template format error: Unrecognized DeletionPolicy Keep for "
            "resource Bucket",
        ),
        (
            {"UpdateReplacePolicy": "RetainExceptOnCreate"},
            "ValidationError: Template format error: Unrecognized UpdateReplacePolicy "
            "RetainExceptOnCreate for resource Bucket",
        ),
        (
            {"UpdatePolicy": {"UseOnlineResharding": True}},
            "LocalCloudNotEmulated: The local cloud does not emulate the attribute UpdatePolicy of "
            "AWS::S3::Bucket.",
        ),
    ],
)
def test_a_policy_that_the_type_does_not_have_is_refused(
    lab: Lab, attributes: dict[str, Any], message: str
) -> None:
    assert lab.refusal({"Bucket": {"Type": "AWS::S3::Bucket", **attributes}}) == message


def _filled(lab: Lab) -> str:
    """The id of a stack whose deletion failed at its bucket."""
    lab.create({**_bucket("Delete"), "Topic": {"Type": "AWS::SNS::Topic"}})
    lab.client("s3").put_object(Bucket="kept", Key="k", Body=b"")
    stack_id = str(lab.stack()["StackId"])
    assert lab.delete() == "DELETE_FAILED"
    return stack_id


def test_a_failed_deletion_can_be_repeated_without_its_cause(lab: Lab) -> None:
    stack_id = _filled(lab)
    lab.client("s3").delete_object(Bucket="kept", Key="k")
    lab.cfn.delete_stack(StackName="app")
    assert (lab.status(stack_id), lab.buckets()) == ("DELETE_COMPLETE", set())
