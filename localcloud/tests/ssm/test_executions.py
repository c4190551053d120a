"""Executions of runbooks: order, failure, cancellation, roles, what the API shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.clock import ScaledClock
from tests.ssm.conftest import REGION, HeldClock, Lab, invoke, sleep, statuses

ROLE = {"AutomationAssumeRole": {"type": "String", "default": ""}}


def test_steps_run_in_order_and_sleeps_last_aws_seconds(lab: Lab) -> None:
    done = lab.run(invoke("First"), sleep(), invoke("Last"))
    assert done["AutomationExecutionStatus"] == "Success"
    assert statuses(done) == ["Success"] * 3
    assert lab.clock.slept == [900.0]
    slept = done["StepExecutions"][1]
    assert (slept["ExecutionEndTime"] - slept["ExecutionStartTime"]).total_seconds() == 900
    assert slept["Inputs"] == {"Duration": '"PT15M"'}


def test_outputs_of_a_step_are_inputs_of_the_next(lab: Lab) -> None:
    lab.functions.functions["f"] = lambda _: {"count": 3, "names": ["a", "b"]}
    outputs = [
        {"Name": "count", "Selector": "$.Payload.count", "Type": "Integer"},
        {"Name": "names", "Selector": "$.Payload.names", "Type": "StringList"},
    ]
    inputs = {
        "InputPayload": {
            "count": "{{ First.count }}",
            "names": "{{First.names}}",
            "text": "{{ First.count }} in {{ global:REGION }}",
        }
    }
    done = lab.run(
        invoke("First", outputs=outputs), invoke("Last", inputs=inputs), outputs=["First.names"]
    )
    assert done["AutomationExecutionStatus"] == "Success", done
    event = {"count": 3, "names": ["a", "b"], "text": f"3 in {REGION}"}
    assert lab.functions.calls[1] == ("f", event)
    assert done["Outputs"] == {"First.names": ["a", "b"]}
    first = done["StepExecutions"][0]["Outputs"]
    assert first["count"] == ["3"]
    assert json.loads(first["Payload"][0]) == {"count": 3, "names": ["a", "b"]}


def test_a_payload_may_be_a_json_text(lab: Lab) -> None:
    payload = '{"id": "{{automation:EXECUTION_ID}}"}'
    done = lab.run(invoke(inputs={"Payload": payload}))
    assert lab.functions.calls == [("f", {"id": done["AutomationExecutionId"]})]


def test_a_text_that_a_function_returns_is_that_text(lab: Lab) -> None:
    lab.functions.functions["f"] = lambda _: "vol-1"
    done = lab.run(invoke())
    assert done["StepExecutions"][0]["Outputs"]["Payload"] == ["vol-1"]


def test_an_error_of_the_function_fails_the_step_and_the_execution(lab: Lab) -> None:
    lab.functions.functions["f"] = lambda _: None
    done = lab.run(invoke(), sleep(), outputs=["Invoke.Payload"])
    assert done["AutomationExecutionStatus"] == "Failed"
    assert statuses(done) == ["Failed", "Pending"]
    failed = done["StepExecutions"][0]
    assert "Boom" in failed["FailureMessage"]
    assert failed["FailureDetails"]["FailureStage"] == "Invocation"
    assert done["FailureMessage"] == failed["FailureMessage"]
    assert done["Outputs"]["Invoke.Payload"] == [
        "No output available yet because the step is not successfully executed"
    ]


def test_a_step_is_tried_as_often_as_it_says(lab: Lab) -> None:
    answers = iter([None, None, "done"])
    lab.functions.functions["f"] = lambda _: next(answers)
    assert statuses(lab.run(invoke(maxAttempts=3))) == ["Success"]


@pytest.mark.parametrize(
    ("more", "status", "steps"),
    [
        ({"onFailure": "Abort"}, "Failed", ["Failed", "Pending", "Pending"]),
        ({"onFailure": "Continue"}, "Success", ["Failed", "Success", "Success"]),
        (
            {"onFailure": "Continue", "isCritical": True},
            "Failed",
            ["Failed", "Success", "Success"],
        ),
        ({"onFailure": "step:Last"}, "Failed", ["Failed", "Pending", "Success"]),
        (
            {"onFailure": "step:Last", "isCritical": "false"},
            "Success",
            ["Failed", "Pending", "Success"],
        ),
        ({"onFailure": "Continue", "isEnd": True}, "Success", ["Failed", "Pending", "Pending"]),
    ],
)
def test_what_follows_a_failure_is_what_the_step_says(
    lab: Lab, more: dict[str, Any], status: str, steps: list[str]
) -> None:
    lab.functions.functions["bad"] = lambda _: None
    done = lab.run(invoke("First", "bad", **more), sleep("Middle"), sleep("Last"))
    assert (done["AutomationExecutionStatus"], statuses(done)) == (status, steps)


def test_next_step_and_is_end_lead_through_the_document(lab: Lab) -> None:
    done = lab.run(
        sleep("One", nextStep="Three"), sleep("Two", isEnd=True), sleep("Three", nextStep="Two")
    )
    assert statuses(done) == ["Success"] * 3
    assert done["StepExecutions"][0]["NextStep"] == "Three"


@pytest.mark.parametrize(
    ("condition", "ends"),
    [
        ({"Variable": "{{ Word }}", "StringEquals": "yes"}, True),
        ({"Variable": "{{ Word }}", "EqualsIgnoreCase": "YES"}, True),
        ({"Variable": "{{ Word }}", "StartsWith": "n"}, False),
        ({"Variable": "{{ Number }}", "NumericGreater": 6}, True),
        ({"Variable": "{{ Number }}", "NumericLesserOrEquals": "6"}, False),
        ({"Variable": "{{ Flag }}", "BooleanEquals": True}, True),
        ({"Not": {"Variable": "{{ Word }}", "StringEquals": "yes"}}, False),
        (
            {"And": [{"Variable": "{{ Word }}", "Contains": "e"},
                     {"Variable": "{{ Number }}", "NumericEquals": 7}]},
            True,
        ),
        (
            {"Or": [{"Variable": "{{ Word }}", "EndsWith": "x"},
                    {"Variable": "{{ Number }}", "NumericLesser": 7}]},
            False,
        ),
    ],
)  # fmt: skip
def test_a_branch_goes_where_its_first_true_choice_says(
    lab: Lab, condition: dict[str, Any], ends: bool
) -> None:
    branch = {
        "name": "Choose",
        "action": "aws:branch",
        "inputs": {"Choices": [{"NextStep": "Last", **condition}], "Default": "Middle"},
    }
    parameters = {
        "Word": {"type": "String", "default": "yes"},
        "Number": {"type": "Integer", "default": 7},
        "Flag": {"type": "Boolean", "default": True},
    }
    lab.create(branch, sleep("Middle"), sleep("Last"), parameters=parameters)
    done = lab.join(lab.start())
    assert statuses(done) == ["Success", "Pending" if ends else "Success", "Success"]


def test_a_sleep_that_is_longer_than_its_timeout_times_out(lab: Lab) -> None:
    done = lab.run(sleep(timeoutSeconds=60))
    assert done["AutomationExecutionStatus"] == "TimedOut"
    assert lab.clock.slept == [60.0]


def test_a_sleep_until_a_time_that_has_passed_ends_at_once(lab: Lab) -> None:
    step = {"name": "Sleep", "action": "aws:sleep", "inputs": {"Timestamp": "2020-01-01T01:00:00Z"}}
    lab.run(step)
    assert lab.clock.slept == [0.0]


def test_cancelling_ends_a_sleep(held: tuple[Lab, HeldClock]) -> None:
    lab, clock = held
    lab.create(sleep(), invoke())
    execution = lab.start()
    assert clock.asleep.wait(5)
    assert lab.get(execution)["CurrentStepName"] == "Sleep"
    lab.ssm.stop_automation_execution(AutomationExecutionId=execution)
    done = lab.join(execution)
    assert done["AutomationExecutionStatus"] == "Cancelled"
    assert statuses(done) == ["Cancelled", "Pending"]
    with pytest.raises(ClientError, match="InvalidAutomationStatusUpdateException"):
        lab.ssm.stop_automation_execution(AutomationExecutionId=execution)


def test_what_on_cancel_names_still_runs(held: tuple[Lab, HeldClock]) -> None:
    lab, clock = held
    lab.create(sleep(onCancel="step:Undo"), invoke("Skipped"), invoke("Undo"))
    execution = lab.start()
    assert clock.asleep.wait(5)
    lab.ssm.stop_automation_execution(AutomationExecutionId=execution)
    done = lab.join(execution)
    assert done["AutomationExecutionStatus"] == "Cancelled"
    assert statuses(done) == ["Cancelled", "Pending", "Success"]


def test_completing_ends_an_execution_after_the_step_that_runs(
    held: tuple[Lab, HeldClock],
) -> None:
    lab, clock = held
    lab.create(sleep(), invoke())
    execution = lab.start()
    assert clock.asleep.wait(5)
    lab.ssm.stop_automation_execution(AutomationExecutionId=execution, Type="Complete")
    clock.release()
    assert statuses(lab.join(execution)) == ["Success", "Pending"]


def test_closing_the_cloud_ends_executions(held: tuple[Lab, HeldClock]) -> None:
    lab, clock = held
    lab.create(sleep())
    execution = lab.start()
    assert clock.asleep.wait(5)
    lab.cloud.close()
    assert lab.join(execution)["AutomationExecutionStatus"] == "Cancelled"


def test_a_runbook_acts_with_the_role_that_it_is_given(lab: Lab) -> None:
    role = lab.role("lambda:InvokeFunction")
    lab.create(invoke(), assumeRole="{{ AutomationAssumeRole }}", parameters=ROLE)
    done = lab.join(lab.start(Parameters={"AutomationAssumeRole": [role]}))
    assert done["AutomationExecutionStatus"] == "Success", done
    name = f"assumed-role/runbook/Automation-{done['AutomationExecutionId']}"
    assert lab.functions.callers == [f"arn:aws:sts::123456789012:{name}"]
    assert done["ExecutedBy"] == "arn:aws:iam::123456789012:user/operator"


def test_a_role_without_permission_fails_the_step_with_iams_words(lab: Lab) -> None:
    role = lab.role("sns:Publish")
    done = lab.run(invoke(), assumeRole=role)
    failed = done["StepExecutions"][0]
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


def test_the_same_token_starts_once(lab: Lab) -> None:
    lab.create(invoke())
    token = "11111111-1111-1111-1111-111111111111"  # noqa: S105 - a client token
    assert lab.start(ClientToken=token) == lab.start(ClientToken=token)
    with pytest.raises(ClientError, match="IdempotentParameterMismatch"):
        lab.start(ClientToken=token, DocumentVersion="1")


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({}, "Missing required parameter: Must in user inputs."),
        ({"Must": ["a"], "Other": ["b"]}, r"Undefined execution inputs: \[Other\]"),
        ({"Must": ["c"]}, "c is not one of"),
        ({"Must": ["a", "b"]}, "takes one value"),
        ({"Must": ["a"], "Number": ["x"]}, "x is not of type Integer"),
        ({"Must": ["a"], "Word": ["A"]}, "does not match the pattern"),
    ],
)
def test_parameters_are_checked_when_an_execution_starts(
    lab: Lab, parameters: dict[str, list[str]], words: str
) -> None:
    lab.create(
        sleep(),
        parameters={
            "Must": {"type": "String", "allowedValues": ["a", "b"]},
            "Number": {"type": "Integer", "default": 1},
            "Word": {"type": "String", "default": "w", "allowedPattern": "^[a-z]+$"},
        },
    )
    with pytest.raises(ClientError, match=words) as refused:
        lab.start(Parameters=parameters)
    code = refused.value.response["Error"]["Code"]
    assert code == "InvalidAutomationExecutionParametersException"


@pytest.mark.parametrize(
    "params",
    [{"Mode": "Interactive"}, {"TargetParameterName": "x"}, {"MaxErrors": "1"}],
)
def test_what_is_not_emulated_is_said_by_name(lab: Lab, params: dict[str, Any]) -> None:
    lab.create(sleep())
    with pytest.raises(ClientError, match="LocalCloudNotEmulated"):
        lab.start(**params)


def test_executions_are_found_by_filters_newest_first(lab: Lab) -> None:
    lab.create(sleep())
    lab.create(sleep(), name="Other")
    first, second = lab.start(), lab.start(DocumentName="Other")
    for execution in (first, second):
        lab.join(execution)

    def ids(**one: Any) -> list[str]:
        filters = [{"Key": key, "Values": [value]} for key, value in one.items()]
        answer = lab.ssm.describe_automation_executions(Filters=filters)
        return [each["AutomationExecutionId"] for each in answer["AutomationExecutionMetadataList"]]

    assert ids(ExecutionStatus="Success") == [second, first]
    assert ids(DocumentNamePrefix="Run") == [first]
    assert ids(ExecutionId=second) == [second]
    assert ids(ExecutionStatus="Failed") == []


def test_steps_are_found_by_filters(lab: Lab) -> None:
    lab.create(sleep("One"), invoke("Two"))
    execution = lab.start()
    lab.join(execution)
    answer = lab.ssm.describe_automation_step_executions(
        AutomationExecutionId=execution, Filters=[{"Key": "StepName", "Values": ["Two"]}]
    )
    assert [step["StepName"] for step in answer["StepExecutions"]] == ["Two"]


def test_an_unknown_execution_is_named(lab: Lab) -> None:
    with pytest.raises(ClientError, match="AutomationExecutionNotFoundException"):
        lab.get("11111111-1111-1111-1111-111111111111")


def test_an_api_is_called_and_its_answer_selected(lab: Lab) -> None:
    lab.ssm.put_parameter(Name="p", Type="String", Value="v")
    call = {
        "name": "Read",
        "action": "aws:executeAwsApi",
        "inputs": {"Service": "ssm", "Api": "GetParameters", "Names": ["p"]},
        "outputs": [{"Name": "value", "Selector": "$.Parameters[0].Value"}],
    }
    check = {
        "name": "Check",
        "action": "aws:assertAwsResourceProperty",
        "inputs": {
            "Service": "ssm",
            "Api": "GetParameter",
            "Name": "p",
            "PropertySelector": "$.Parameter.Value",
            "DesiredValues": ["{{ Read.value }}"],
        },
    }
    assert statuses(lab.run(call, check)) == ["Success", "Success"]


def test_waiting_for_a_property_times_out_in_aws_seconds(lab: Lab) -> None:
    lab.ssm.put_parameter(Name="p", Type="String", Value="v")
    wait = {
        "name": "Wait",
        "action": "aws:waitForAwsResourceProperty",
        "timeoutSeconds": 25,
        "inputs": {
            "Service": "ssm",
            "Api": "GetParameter",
            "Name": "p",
            "PropertySelector": "$.Parameter.Value",
            "DesiredValues": ["other"],
        },
    }
    assert statuses(lab.run(wait)) == ["TimedOut"]
    assert sum(lab.clock.slept) == 25


def test_the_time_scale_shortens_sleeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("localcloud.iam.load_aws_managed_policies", lambda _account: None)
    lab = Lab(tmp_path, ScaledClock(1e-5))
    lab.create(sleep(duration="PT15M"))
    assert lab.join(lab.start())["AutomationExecutionStatus"] == "Success"
    lab.cloud.close()
