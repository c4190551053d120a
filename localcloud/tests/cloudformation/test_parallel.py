"""Independent resources are created, changed and deleted at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from localcloud import arc
from localcloud.arc.control_plane import ControlConfig
from localcloud.cloud import Cloud
from localcloud.cloudformation.stacks.deployment import Deployment
from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call

from .conftest import Lab


def _topic(**attributes: Any) -> dict[str, Any]:
    return {"Type": "AWS::SNS::Topic", **attributes}


def _named(name: str, **attributes: Any) -> dict[str, Any]:
    return _topic(Properties={"DisplayName": name}, **attributes)


def _meet(lab: Lab, operation: str, count: int) -> None:
    """From now on a call of ``operation`` waits until ``count`` of them are under way."""
    barrier = threading.Barrier(count, timeout=30)

    def check(call: Call) -> None:
        if call.name == operation:
            barrier.wait()

    lab.cloud.gateway.checks.append(check)


def test_independent_resources_are_created_changed_and_deleted_at_the_same_time(lab: Lab) -> None:
    _meet(lab, "CreateTopic", 3)
    assert lab.create({name: _named("a") for name in "ABC"}) == "CREATE_COMPLETE"
    lab.allow()
    _meet(lab, "SetTopicAttributes", 3)
    assert lab.update({name: _named("b") for name in "ABC"}) == "UPDATE_COMPLETE"
    lab.allow()
    _meet(lab, "DeleteTopic", 3)
    assert lab.delete() == "DELETE_COMPLETE"


def test_an_update_is_rolled_back_at_the_same_time_too(lab: Lab) -> None:
    lab.create({name: _named("a") for name in "ABC"})
    _meet(lab, "SetTopicAttributes", 3)
    lab.refuse("CreateQueue")
    queue = {"Type": "AWS::SQS::Queue", "DependsOn": ["A", "B", "C"]}
    updated = {**{name: _named("b") for name in "ABC"}, "Queue": queue}
    assert lab.update(updated) == "UPDATE_ROLLBACK_COMPLETE"


def test_a_resource_begins_after_all_that_it_needs_and_goes_before_them(lab: Lab) -> None:
    topics = {"A": _topic(), "B": _topic(), "C": _topic(DependsOn=["A", "B"])}
    lab.create(topics)
    begun = lab.events().index(("C", "CREATE_IN_PROGRESS"))
    assert {("A", "CREATE_COMPLETE"), ("B", "CREATE_COMPLETE")} <= set(lab.events()[:begun])
    stack_id = lab.stack()["StackId"]
    lab.delete()
    events = lab.events(stack_id)
    deleted = events.index(("C", "DELETE_COMPLETE"))
    assert deleted < events.index(("A", "DELETE_IN_PROGRESS"))
    assert deleted < events.index(("B", "DELETE_IN_PROGRESS"))


@pytest.fixture
def failed(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set once the resource Bad has failed."""
    failed = threading.Event()
    apply: Callable[[Deployment, str], None] = Deployment._apply_resource

    def apply_and_tell(deployment: Deployment, logical_id: str) -> None:
        try:
            apply(deployment, logical_id)
        finally:
            if logical_id == "Bad":
                failed.set()

    monkeypatch.setattr(Deployment, "_apply_resource", apply_and_tell)
    return failed


RESOURCES = {
    "Bad": {"Type": "AWS::SQS::Queue"},
    "Slow": _topic(),
    "Later": _topic(DependsOn="Slow"),
    "Dependent": _topic(DependsOn="Bad"),
}


def _fail_bad_while_slow_is_under_way(lab: Lab, failed: threading.Event) -> None:
    begun = threading.Event()

    def check(call: Call) -> None:
        if call.name == "CreateTopic":
            begun.set()
            failed.wait(30)
        if call.name == "CreateQueue":
            begun.wait(30)
            raise ApiError("AccessDenied", "no", 403)

    lab.cloud.gateway.checks.append(check)


def test_a_failure_cancels_what_is_under_way_and_what_has_not_begun(
    lab: Lab, failed: threading.Event
) -> None:
    _fail_bad_while_slow_is_under_way(lab, failed)
    assert lab.create(RESOURCES) == "ROLLBACK_COMPLETE"
    assert lab.reason("Slow", "CREATE_FAILED") == "Resource creation cancelled"
    assert not {"Later", "Dependent"} & {name for name, _ in lab.events()}
    assert lab.reason("app", "ROLLBACK_IN_PROGRESS") == (
        "The following resource(s) failed to create: [Bad, Slow]. Rollback requested by user."
    )
    assert lab.client("sns").list_topics()["Topics"] == []


def test_a_stack_that_does_not_roll_back_goes_on_with_what_does_not_need_the_failed_resource(
    lab: Lab, failed: threading.Event
) -> None:
    _fail_bad_while_slow_is_under_way(lab, failed)
    assert lab.create(RESOURCES, disable_rollback=True) == "CREATE_FAILED"
    assert ("Later", "CREATE_COMPLETE") in lab.events()
    assert "Dependent" not in {name for name, _ in lab.events()}
    assert lab.stack()["StackStatusReason"].strip() == (
        "The following resource(s) failed to create: [Bad]."
    )


def test_two_resources_of_one_stack_cannot_have_one_name(lab: Lab) -> None:
    topic = _topic(Properties={"TopicName": "same"})
    assert lab.create({"A": topic, "B": topic}) == "ROLLBACK_COMPLETE"
    events = lab.cfn.describe_stack_events(StackName="app")["StackEvents"]
    reasons = [event.get("ResourceStatusReason", "") for event in events]
    assert sum("same already exists in stack" in reason for reason in reasons) == 1


def _arc(**depends_on: str) -> dict[str, Any]:
    """A cluster with two routing controls."""
    cluster = {"Type": "AWS::Route53RecoveryControl::Cluster", "Properties": {"Name": "c"}}
    arn = {"Fn::GetAtt": "Cluster.ClusterArn"}
    controls = {
        name: {
            "Type": "AWS::Route53RecoveryControl::RoutingControl",
            "Properties": {"ClusterArn": arn, "Name": name},
        }
        for name in ("East", "West")
    }
    controls["West"].update(depends_on)
    return {"Cluster": cluster, **controls}


def test_controls_of_one_cluster_have_to_be_chained(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    arc.install(cloud)
    lab = Lab(cloud, "us-west-2")
    assert lab.create(_arc(DependsOn="East"), "chained") == "CREATE_COMPLETE"
    assert lab.delete("chained") == "DELETE_COMPLETE"
    asked = threading.Semaphore(0)
    create: Callable[..., Any] = ControlConfig.create_routing_control

    def create_and_tell(*args: Any, **params: Any) -> Any:
        try:
            return create(*args, **params)
        finally:
            asked.release()

    def check(call: Call) -> None:
        if call.name == "DescribeRoutingControl":
            asked.acquire(timeout=30)
            asked.acquire(timeout=30)
            lab.allow()

    monkeypatch.setattr(ControlConfig, "create_routing_control", create_and_tell)
    cloud.gateway.checks.append(check)
    assert lab.create(_arc(), "unchained") == "ROLLBACK_COMPLETE"
    events = lab.cfn.describe_stack_events(StackName="unchained")["StackEvents"]
    reasons = [event.get("ResourceStatusReason", "") for event in events]
    assert sum("Conflict occurred while attempting" in reason for reason in reasons) == 1
