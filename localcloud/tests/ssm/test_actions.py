"""The actions of runbooks: what they do, and how long they take."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.clock import ScaledClock
from tests.ssm.conftest import Lab, invoke, sleep


def test_an_error_of_a_function_fails_its_step_unless_that_is_switched_off(lab: Lab) -> None:
    lab.functions.functions["f"] = lambda _: None
    assert lab.run(invoke())["AutomationExecutionStatus"] == "Failed"
    lab.cloud.settings = replace(lab.cloud.settings, function_errors_fail_steps=False)
    result = lab.join(lab.start())
    assert result["AutomationExecutionStatus"] == "Success"
    assert result["StepExecutions"][0]["Outputs"]["FunctionError"] == ["Unhandled"]


def name_of_role(**fields: Any) -> dict[str, Any]:
    """A step that asserts what IAM answers."""
    inputs = {
        "Service": "iam",
        "Api": "GetRole",
        "RoleName": "runbook",
        "PropertySelector": "$.Role.RoleName",
        "DesiredValues": ["other", "runbook"],
    }
    return {
        "name": "Assert",
        "action": "aws:assertAwsResourceProperty",
        "inputs": {**inputs, **fields},
    }


def test_an_assertion_holds_if_the_property_has_one_of_the_values(lab: Lab) -> None:
    lab.role("iam:GetRole")
    assert lab.run(name_of_role())["AutomationExecutionStatus"] == "Success"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"DesiredValues": ["other"]}, "$.Role.RoleName is 'runbook', not one of ['other']"),
        ({"PropertySelector": "$.Role.Nothing"}, "$.Role.Nothing is None"),
        ({"RoleName": "missing"}, "NoSuchEntity"),
    ],
)
def test_an_assertion_fails_for_another_value_none_or_an_error(
    lab: Lab, fields: dict[str, Any], words: str
) -> None:
    lab.role("iam:GetRole")
    result = lab.run(name_of_role(**fields))
    assert result["AutomationExecutionStatus"] == "Failed"
    assert words in result["FailureMessage"]


def test_a_selector_that_is_more_than_names_is_not_emulated(lab: Lab) -> None:
    with pytest.raises(ClientError, match=r"PropertySelector \$.Role\[0\]"):
        lab.create(name_of_role(PropertySelector="$.Role[0]"))


def test_a_payload_may_be_a_json_text(lab: Lab) -> None:
    payload = '{"id": "{{automation:EXECUTION_ID}}"}'
    result = lab.run(invoke(inputs={"Payload": payload}))
    assert lab.functions.calls == [("f", {"id": result["AutomationExecutionId"]})]


def test_a_text_that_a_function_returns_is_that_text(lab: Lab) -> None:
    lab.functions.functions["f"] = lambda _: "vol-1"
    result = lab.run(invoke())
    assert result["StepExecutions"][0]["Outputs"]["Payload"] == ["vol-1"]


def test_a_sleep_that_is_longer_than_its_timeout_times_out(lab: Lab) -> None:
    result = lab.run(sleep(timeoutSeconds=60))
    assert result["AutomationExecutionStatus"] == "TimedOut"
    assert lab.clock.slept == [60.0]


def test_the_time_scale_shortens_sleeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("localcloud.iam.load_aws_managed_policies", lambda: None)
    lab = Lab(tmp_path, ScaledClock(1e-5))
    lab.create(sleep(duration="PT15M"))
    assert lab.join(lab.start())["AutomationExecutionStatus"] == "Success"
    lab.cloud.close()
