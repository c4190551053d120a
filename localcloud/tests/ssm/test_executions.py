"""Executions of runbooks: order, failure, cancellation, roles, what the API shows."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.ssm.conftest import BlockedClock, Lab, invoke, sleep, statuses

ROLE = {"AutomationAssumeRole": {"type": "String", "default": ""}}


def test_steps_run_in_order_and_sleeps_last_aws_seconds(lab: Lab) -> None:
    result = lab.run(invoke("First"), sleep(), invoke("Last"))
    assert result["AutomationExecutionStatus"] == "Success"
    assert statuses(result) == ["Success"] * 3
    assert lab.clock.slept == [900.0]
    slept = result["StepExecutions"][1]
    assert (slept["ExecutionEndTime"] - slept["ExecutionStartTime"]).total_seconds() == 900
    assert slept["Inputs"] == {"Duration": '"PT15M"'}


def test_outputs_of_steps_are_those_of_the_execution(lab: Lab) -> None:
    lab.functions.functions["f"] = lambda _: {"count": 3}
    result = lab.run(invoke("First"), outputs=["First.StatusCode", "First.Payload"])
    assert result["Outputs"] == {"First.StatusCode": ["200"], "First.Payload": ['{"count": 3}']}


def test_an_error_of_the_function_fails_the_step_and_the_execution(lab: Lab) -> None:
    lab.functions.functions["f"] = lambda _: None
    result = lab.run(invoke(), sleep(), outputs=["Invoke.Payload"])
    assert result["AutomationExecutionStatus"] == "Failed"
    assert statuses(result) == ["Failed", "Pending"]
    failed = result["StepExecutions"][0]
    assert "Boom" in failed["FailureMessage"]
    assert failed["FailureDetails"]["FailureStage"] == "Invocation"
    assert result["FailureMessage"] == failed["FailureMessage"]
    assert result["Outputs"]["Invoke.Payload"] == [
        "No output available yet because the step is not successfully executed"
    ]


def test_a_step_is_tried_up_to_max_attempts_times(lab: Lab) -> None:
    answers = iter([None, None, "done"])
    lab.functions.functions["f"] = lambda _: next(answers)
    assert statuses(lab.run(invoke(maxAttempts=3))) == ["Success"]


@pytest.mark.parametrize(
    ("fields", "status", "steps"),
    [
        ({"onFailure": "Abort"}, "Failed", ["Failed", "Pending", "Pending"]),
        ({"onFailure": "Continue"}, "Success", ["Failed", "Success", "Success"]),
        (
            {"onFailure": "Continue", "isCritical": True},
            "Failed",
            ["Failed", "Success", "Success"],
        ),
        ({"isCritical": "false"}, "Success", ["Failed", "Pending", "Pending"]),
        ({"onFailure": "Continue", "isEnd": True}, "Success", ["Failed", "Pending", "Pending"]),
    ],
)
def test_on_failure_decides_what_follows_a_failure(
    lab: Lab, fields: dict[str, Any], status: str, steps: list[str]
) -> None:
    lab.functions.functions["bad"] = lambda _: None
    result = lab.run(invoke("First", "bad", **fields), sleep("Middle"), sleep("Last"))
    assert (result["AutomationExecutionStatus"], statuses(result)) == (status, steps)


def test_next_step_and_is_end_lead_through_the_document(lab: Lab) -> None:
    result = lab.run(
        sleep("One", nextStep="Three"), sleep("Two", isEnd=True), sleep("Three", nextStep="Two")
    )
    assert statuses(result) == ["Success"] * 3
    assert result["StepExecutions"][0]["NextStep"] == "Three"


def test_cancelling_ends_a_sleep(blocked: tuple[Lab, BlockedClock]) -> None:
    lab, clock = blocked
    lab.create(sleep(), invoke())
    execution = lab.start()
    assert clock.asleep.wait(5)
    assert lab.get(execution)["CurrentStepName"] == "Sleep"
    lab.ssm.stop_automation_execution(AutomationExecutionId=execution)
    result = lab.join(execution)
    assert result["AutomationExecutionStatus"] == "Cancelled"
    assert statuses(result) == ["Cancelled", "Pending"]
    with pytest.raises(ClientError, match="InvalidAutomationStatusUpdateException"):
        lab.ssm.stop_automation_execution(AutomationExecutionId=execution)


def test_closing_the_cloud_ends_executions(blocked: tuple[Lab, BlockedClock]) -> None:
    lab, clock = blocked
    lab.create(sleep())
    execution = lab.start()
    assert clock.asleep.wait(5)
    lab.cloud.close()
    assert lab.join(execution)["AutomationExecutionStatus"] == "Cancelled"


def test_a_runbook_acts_with_the_role_that_it_is_given(lab: Lab) -> None:
    role = lab.role("lambda:InvokeFunction")
    lab.create(invoke(), assumeRole="{{ AutomationAssumeRole }}", parameters=ROLE)
    result = lab.join(lab.start(Parameters={"AutomationAssumeRole": [role]}))
    assert result["AutomationExecutionStatus"] == "Success", result
    name = f"assumed-role/runbook/Automation-{result['AutomationExecutionId']}"
    assert lab.functions.callers == [f"arn:aws:sts::123456789012:{name}"]
    assert result["ExecutedBy"] == "arn:aws:iam::123456789012:user/operator"


def test_a_role_without_permission_fails_the_step_with_iams_words(lab: Lab) -> None:
    role = lab.role("sns:Publish")
    result = lab.run(invoke(), assumeRole=role)
    failed = result["StepExecutions"][0]
    assert "is not authorized to perform: lambda:InvokeFunction" in failed["FailureMessage"]
    assert failed["FailureDetails"]["FailureType"] == "Permission"


def test_without_a_role_a_runbook_acts_as_its_caller(lab: Lab) -> None:
    lab.create(invoke(), assumeRole="{{ AutomationAssumeRole }}", parameters=ROLE)
    lab.join(lab.start())
    assert lab.functions.callers == ["arn:aws:iam::123456789012:user/operator"]


def test_a_role_that_does_not_trust_systems_manager_is_refused_at_once(lab: Lab) -> None:
    lab.create(invoke(), assumeRole=lab.role("*", trusts="lambda.amazonaws.com"))
    with pytest.raises(ClientError, match="The defined assume role is unable to be assumed"):
        lab.start()
