"""A nested stack is updated, and rolled back, with its parent."""

from __future__ import annotations

from typing import Any

from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call

from .conftest import Lab


def _topic(name: str) -> dict[str, Any]:
    return {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": name}}


def _bucket(name: str) -> dict[str, Any]:
    return {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}


def _parent(lab: Lab, key: str, resources: dict[str, Any], **siblings: Any) -> dict[str, Any]:
    """A parent whose child, in a template at ``key``, has these resources."""
    url = lab.put_template(key, {"Resources": resources})
    child = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}
    return {"Child": child, **siblings}


QUEUE = {"Type": "AWS::SQS::Queue", "DependsOn": "Child"}


def _child_events(lab: Lab) -> list[tuple[str, str]]:
    return lab.events(lab.physical_id("Child"))


def test_what_a_nested_update_replaces_exists_until_its_parent_has_succeeded(lab: Lab) -> None:
    lab.create(_parent(lab, "1", {"Bucket": _bucket("old")}))
    lab.client("s3").put_object(Bucket="old", Key="k", Body=b"data")
    lab.refuse("CreateQueue")
    updated = _parent(lab, "2", {"Bucket": _bucket("new")}, Queue=QUEUE)
    assert lab.update(updated) == "UPDATE_ROLLBACK_COMPLETE"
    assert lab.status(lab.physical_id("Child")) == "UPDATE_ROLLBACK_COMPLETE"
    assert lab.buckets() == {"old", "templates"}
    assert lab.client("s3").get_object(Bucket="old", Key="k")["Body"].read() == b"data"


def test_a_nested_stack_is_cleaned_up_with_its_parent(lab: Lab) -> None:
    lab.create(_parent(lab, "1", {"Topic": _topic("a"), "Bucket": _bucket("old")}))
    assert lab.update(_parent(lab, "2", {"Topic": _topic("b")})) == "UPDATE_COMPLETE"
    assert lab.buckets() == {"templates"}
    assert _child_events(lab)[-3:] == [
        ("Bucket", "DELETE_IN_PROGRESS"),
        ("Bucket", "DELETE_COMPLETE"),
        (lab.stack(lab.physical_id("Child"))["StackName"], "UPDATE_COMPLETE"),
    ]


def test_a_nested_failure_tells_why_and_rolls_back_the_siblings(lab: Lab) -> None:
    def both(word: str, **extra: Any) -> dict[str, Any]:
        first = _parent(lab, f"first-{word}", {"Topic": _topic(word)})["Child"]
        second = _parent(lab, f"second-{word}", {"Topic": _topic(word), **extra})["Child"]
        return {"First": first, "Second": {**second, "DependsOn": "First"}}

    lab.create(both("a"))
    first = lab.physical_id("First")
    lab.refuse("CreateQueue")
    assert lab.update(both("b", Queue={"Type": "AWS::SQS::Queue"})) == "UPDATE_ROLLBACK_COMPLETE"
    reason = lab.reason("Second", "UPDATE_FAILED")
    assert reason.endswith(
        "was not successfully updated. Currently in UPDATE_ROLLBACK_IN_PROGRESS with reason: "
        "The following resource(s) failed to create: [Queue]. "
    )
    assert lab.status(first) == "UPDATE_ROLLBACK_COMPLETE"
    topic = lab.physical_id("Topic", first)
    attributes = lab.client("sns").get_topic_attributes(TopicArn=topic)["Attributes"]
    assert attributes["DisplayName"] == "a"


def test_a_nested_stack_without_changes_has_no_event(lab: Lab) -> None:
    same = {"Topic": _topic("a")}
    lab.create(_parent(lab, "1", same))
    before = _child_events(lab)
    assert lab.update(_parent(lab, "1", same, Other=_topic("b"))) == "UPDATE_COMPLETE"
    assert _child_events(lab) == before


def test_a_rollback_that_fails_in_a_nested_stack_is_continued_there(lab: Lab) -> None:
    lab.create(_parent(lab, "1", {"Topic": _topic("a")}))
    updated = _parent(lab, "2", {"Topic": _topic("b")}, Queue=QUEUE)
    _refuse_the_rollback(lab)
    assert lab.update(updated) == "UPDATE_ROLLBACK_FAILED"
    assert lab.status(lab.physical_id("Child")) == "UPDATE_ROLLBACK_FAILED"
    lab.allow()
    lab.cfn.continue_update_rollback(StackName="app")
    assert lab.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert lab.status(lab.physical_id("Child")) == "UPDATE_ROLLBACK_COMPLETE"


def _refuse_the_rollback(lab: Lab) -> None:
    """Refuse the creation of the parent's queue, and then the roll-back of the topic."""

    def check(call: Call) -> None:
        if call.name == "CreateQueue":
            lab.refuse("SetTopicAttributes")
            raise ApiError("AccessDenied", "no", 403)

    lab.cloud.gateway.checks.append(check)
