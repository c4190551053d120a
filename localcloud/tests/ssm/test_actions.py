"""The actions of runbooks: what they do, and how long they take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from localcloud.clock import ScaledClock
from tests.ssm.conftest import Lab, invoke, sleep, statuses


def test_a_payload_may_be_a_json_text(lab: Lab) -> None:
    payload = '{"id": "{{automation:EXECUTION_ID}}"}'
    result = lab.run(invoke(inputs={"Payload": payload}))
    assert lab.functions.calls == [("f", {"id": result["AutomationExecutionId"]})]


def test_a_text_that_a_function_returns_is_that_text(lab: Lab) -> None:
    lab.functions.functions["f"] = lambda _: "vol-1"
    result = lab.run(invoke())
    assert result["StepExecutions"][0]["Outputs"]["Payload"] == ["vol-1"]


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
    result = lab.join(lab.start())
    assert statuses(result) == ["Success", "Pending" if ends else "Success", "Success"]


def test_a_sleep_that_is_longer_than_its_timeout_times_out(lab: Lab) -> None:
    result = lab.run(sleep(timeoutSeconds=60))
    assert result["AutomationExecutionStatus"] == "TimedOut"
    assert lab.clock.slept == [60.0]


def test_a_sleep_until_a_time_that_has_passed_ends_at_once(lab: Lab) -> None:
    step = {"name": "Sleep", "action": "aws:sleep", "inputs": {"Timestamp": "2020-01-01T01:00:00Z"}}
    lab.run(step)
    assert lab.clock.slept == [0.0]


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
