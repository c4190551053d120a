"""The actions of runbooks: what they do, and how long they take."""

from __future__ import annotations

from pathlib import Path

import pytest

from localcloud.clock import ScaledClock
from tests.ssm.conftest import Lab, invoke, sleep


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
    monkeypatch.setattr("localcloud.iam.load_aws_managed_policies", lambda _account: None)
    lab = Lab(tmp_path, ScaledClock(1e-5))
    lab.create(sleep(duration="PT15M"))
    assert lab.join(lab.start())["AutomationExecutionStatus"] == "Success"
    lab.cloud.close()
