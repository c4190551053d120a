"""deployment/deployer/failover.py: starts the runbook, shows each step once, explains a failure."""

from __future__ import annotations

from typing import Any

import pytest

from deployment.deployer import __main__ as command_line
from deployment.deployer import failover as module
from deployment.deployer.errors import DeployError
from deployment.deployer.failover import failover
from tests.deployment.fakes import FakeAws, failing, plan

Steps = dict[str, str]


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "POLL_SECONDS", 0.0)


def runbook(*executions: tuple[str, Steps], failure: str = "") -> FakeAws:
    """Each execution: its status and its steps, as GetAutomationExecution answers in turn."""
    answers = [
        {
            "AutomationExecutionStatus": status,
            "StepExecutions": [
                {"StepName": name, "StepStatus": step_status} for name, step_status in steps.items()
            ],
            "FailureMessage": failure,
            "Outputs": {"Failover.Payload": ["done"]},
        }
        for status, steps in executions
    ]
    return FakeAws(
        ssm={
            "start_automation_execution": lambda **_: {"AutomationExecutionId": "e-1"},
            "get_automation_execution": lambda **_: {"AutomationExecution": answers.pop(0)},
        }
    )


def test_the_default_version_starts_in_the_region_that_is_to_be_active() -> None:
    class InRegion(FakeAws):
        def client(self, service: str, region: str, *_: Any, **__: Any) -> Any:
            assert (service, region) == ("ssm", "us-west-2")
            return super().client(service, region)

    aws = InRegion(ssm=runbook(("Success", {})).services["ssm"])
    failover(aws, plan(env="-dev"), "us-west-2", "this-region")
    (start,) = aws.called("start_automation_execution")
    assert start["DocumentName"] == "AutomationFailoverRunbook"
    assert start["DocumentVersion"] == "$DEFAULT"
    assert start["Parameters"] == {"Traffic": ["this-region"]}
    assert aws.called("get_automation_execution") == [{"AutomationExecutionId": "e-1"}]


def test_another_env_has_a_runbook_of_its_own() -> None:
    aws = runbook(("Success", {}))
    failover(aws, plan(env="-two"), "us-west-2", "this-region")
    assert aws.calls[0][1]["DocumentName"] == "AutomationFailoverRunbook-two"


def test_reconcile_runs_the_runbook_in_the_active_region(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "describe_deployment", lambda *_: "eu-central-1")
    started: list[tuple[str, ...]] = []
    monkeypatch.setattr(module, "failover", lambda *args: started.append(args[2:]))
    module.reconcile(FakeAws(), plan())
    assert started == [("eu-central-1", "unchanged")]


def test_settings_that_are_set_are_passed_on() -> None:
    aws = runbook(("Success", {}))
    settings = plan(fence_wait="PT1M", replication_wait="PT0S", traffic="unchanged")
    failover(aws, settings, "us-west-2", "this-region")
    assert aws.calls[0][1]["Parameters"] == {
        "FenceWait": ["PT1M"],
        "ReplicationWait": ["PT0S"],
        "Traffic": ["unchanged"],
    }


def test_each_status_of_a_step_is_shown_once_and_pending_steps_are_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    failover(
        runbook(
            ("Pending", {"Failover": "Pending", "WaitForTheFence": "Pending"}),
            ("InProgress", {"Failover": "InProgress", "WaitForTheFence": "Pending"}),
            ("InProgress", {"Failover": "Success", "WaitForTheFence": "InProgress"}),
            ("Waiting", {"Failover": "Success", "WaitForTheFence": "InProgress"}),
            ("Success", {"Failover": "Success", "WaitForTheFence": "Success"}),
        ),
        plan(env="-dev"),
        "us-west-2",
        "this-region",
    )
    output = capsys.readouterr().out
    words = [line.split() for line in output.splitlines()]
    assert words[0] == ["AutomationFailoverRunbook", "in", "us-west-2:", "e-1"]
    assert [line[1:] for line in words if line[1:2] in (["Failover"], ["WaitForTheFence"])] == [
        ["Failover", "InProgress"],
        ["Failover", "Success"],
        ["WaitForTheFence", "InProgress"],
        ["WaitForTheFence", "Success"],
    ]
    assert '"Failover.Payload": [\n        "done"\n    ]' in output


def test_a_runbook_that_fails_says_why_and_what_to_do_next(
    capsys: pytest.CaptureFixture[str],
) -> None:
    aws = runbook(("Failed", {"Failover": "Failed"}), failure="QuorumUnreachable: 2 of 5")
    with pytest.raises(DeployError) as caught:
        failover(aws, plan(), "us-west-2", "this-region")
    assert "the runbook ended as Failed. QuorumUnreachable: 2 of 5" in str(caught.value)
    assert "Next:" in str(caught.value)
    assert "What each pass did" not in capsys.readouterr().out


@pytest.mark.parametrize("status", ["TimedOut", "Cancelled", "Failed"])
def test_every_end_but_success_is_a_failure_of_the_command(
    status: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command_line, "Aws", lambda: runbook((status, {})))
    assert command_line.main(["failover", "us-west-2"]) == 1
    assert f"the runbook ended as {status}" in capsys.readouterr().err


def test_a_runbook_that_cannot_be_started_is_a_failure_of_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    start = failing("InvalidDocument", "no such runbook")
    monkeypatch.setattr(
        command_line, "Aws", lambda: FakeAws(ssm={"start_automation_execution": start})
    )
    assert command_line.main(["failover", "us-west-2"]) == 1
    assert "InvalidDocument" in capsys.readouterr().err


def test_without_a_region_the_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        command_line.main(["failover"])
    assert caught.value.code == 2
    assert "python -m deployer failover [-h] [--traffic TRAFFIC] region" in capsys.readouterr().err
