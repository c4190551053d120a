"""An update that fails is rolled back; a roll-back that failed can be continued."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.cloudformation.resources.dynamodb import Table
from localcloud.gateway.errors import ApiError
from localcloud.gateway.identify import Call

from .cases import CASES
from .conftest import Lab, error_of

TABLE = CASES["AWS::DynamoDB::Table"]


def _topic(name: str, **attributes: Any) -> dict[str, Any]:
    return {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": name}, **attributes}


QUEUE = {"Type": "AWS::SQS::Queue", "DependsOn": ["First", "Second"]}


_FIRST_AND_SECOND = {"First": _topic("a"), "Second": _topic("a", DependsOn="First")}


def _stuck(lab: Lab) -> str:
    """A stack whose roll-back fails at the topic First; Second is changed after it."""
    lab.create(_FIRST_AND_SECOND)
    return _update_and_get_stuck(lab, {})


def _update_and_get_stuck(lab: Lab, extra: dict[str, Any]) -> str:
    attempts = 0

    def check(call: Call) -> None:
        nonlocal attempts
        setting = call.name == "SetTopicAttributes"
        attempts += setting
        if call.name == "CreateQueue" or (setting and attempts >= 4):
            raise ApiError("AccessDenied", "no", 403)

    lab.cloud.gateway.checks.append(check)
    topics = {"First": _topic("b"), "Second": _topic("b", DependsOn="First")}
    return lab.update({**extra, **topics, "Queue": QUEUE})


def _display_name(lab: Lab, logical_id: str) -> str:
    answer = lab.client("sns").get_topic_attributes(TopicArn=lab.physical_id(logical_id))
    return str(answer["Attributes"]["DisplayName"])


def test_a_failed_rollback_shows_in_the_stacks_status(lab: Lab) -> None:
    assert _stuck(lab) == "UPDATE_ROLLBACK_FAILED"
    assert lab.stack()["StackStatusReason"] == (
        "The following resource(s) failed to update: [First]. "
    )
    assert (_display_name(lab, "First"), _display_name(lab, "Second")) == ("b", "a")
    with pytest.raises(ClientError, match="UPDATE_ROLLBACK_FAILED state and can not be updated"):
        lab.update({"First": _topic("c")})


def test_a_failed_rollback_can_be_continued_without_its_cause(lab: Lab) -> None:
    _stuck(lab)
    lab.allow()
    lab.cfn.continue_update_rollback(StackName="app")
    assert lab.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert _display_name(lab, "First") == "a"
    assert lab.update({"First": _topic("c")}) == "UPDATE_COMPLETE"


def test_a_rollback_that_is_to_skip_resources_is_refused(lab: Lab) -> None:
    _stuck(lab)
    with pytest.raises(ClientError, match="does not emulate ResourcesToSkip"):
        lab.cfn.continue_update_rollback(StackName="app", ResourcesToSkip=["First"])
    assert lab.status() == "UPDATE_ROLLBACK_FAILED"


def test_only_a_failed_rollback_can_be_continued(lab: Lab) -> None:
    lab.create({"First": _topic("a")})
    with pytest.raises(ClientError) as caught:
        lab.cfn.continue_update_rollback(StackName="app")
    assert "is in CREATE_COMPLETE state and can not be" in error_of(caught.value)


def test_a_stack_that_cannot_roll_back_can_be_deleted_with_its_resources(lab: Lab) -> None:
    lab.create({"Bucket": _bucket("old"), **_FIRST_AND_SECOND})
    _update_and_get_stuck(lab, {"Bucket": _bucket("new")})
    assert lab.buckets() == {"old", "new"}
    lab.allow()
    assert lab.delete() == "DELETE_COMPLETE"
    assert lab.buckets() == set()


def _bucket(name: str) -> dict[str, Any]:
    return {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}


@pytest.mark.parametrize("setting", [{"TimeoutInMinutes": 1}, {"OnFailure": "DELETE"}])
def test_another_end_of_a_creation_is_refused(lab: Lab, setting: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match=f"does not emulate {next(iter(setting))} of cloudf"):
        lab.cfn.create_stack(StackName="app", TemplateBody="{}", **setting)


def test_a_resource_that_never_gets_ready_fails_with_its_name(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    creating = {"Table": {"TableStatus": "CREATING"}}
    monkeypatch.setattr(Table, "describe", lambda *_: creating)
    table = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": CASES["AWS::DynamoDB::Table"].properties,
        "DeletionPolicy": "Retain",
    }
    assert lab.create({"Table": table}) == "ROLLBACK_COMPLETE"
    assert lab.reason("Table", "CREATE_FAILED") == "table did not stabilize."
    assert lab.reason("app", "ROLLBACK_IN_PROGRESS") == (
        "The following resource(s) failed to create: [Table]. Rollback requested by user."
    )
