"""deployment/deployer/unchanged.py: sam is asked unless nothing can have changed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deployment.deployer import plan as plan_module
from deployment.deployer import stacks, unchanged
from deployment.deployer.errors import DeployError
from deployment.deployer.plan import Plan
from tests.deployment.fakes import FakeAws, plan
from tests.deployment.programs import FakePrograms

PLAN = plan()
STACK = PLAN.standby
PARAMETERS = {"Env": "-x", "Recipient": "you@example.com"}


class Deployment:
    """A stack that `sam deploy` has deployed once, and what a second deployment does."""

    def __init__(self, programs: FakePrograms, monkeypatch: pytest.MonkeyPatch) -> None:
        self.programs = programs
        self.sources = "0"
        self.description: dict[str, Any] = {
            "StackStatus": "CREATE_COMPLETE",
            "StackId": "id-of-the-stack",
            "CreationTime": datetime(2026, 1, 1, tzinfo=UTC),
            "Parameters": [
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in (PARAMETERS | {"NotPassed": "kept"}).items()
            ],
        }
        for module in (stacks, unchanged):
            monkeypatch.setattr(module, "sources_digest", lambda _: self.sources)
        programs.add("sam", "")
        self.deploy()

    def deploy(self, parameters: dict[str, str] = PARAMETERS, of: Plan = PLAN) -> bool:
        """Return whether sam was called."""
        aws = FakeAws(
            cloudformation={
                "describe_stacks": lambda **_: {"Stacks": [self.description]},
                "describe_stack_events": lambda **_: [{"StackEvents": []}],
            }
        )
        before = len(self.programs.calls())
        stacks.deploy(aws, of, STACK, parameters)
        return len(self.programs.calls()) > before


@pytest.fixture
def deployment(
    programs: FakePrograms, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Deployment:
    monkeypatch.setenv("PATH", f"{programs.folder}:/usr/bin:/bin")
    monkeypatch.setattr(plan_module, "LOGS", tmp_path / "log")
    monkeypatch.setattr(plan_module, "DEPLOYED", tmp_path / "deployed")
    monkeypatch.setattr(stacks, "POLL_SECONDS", 0.01)
    return Deployment(programs, monkeypatch)


def test_a_stack_that_is_as_it_was_deployed_is_left_alone_and_that_is_said(
    deployment: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not deployment.deploy()
    assert (
        f"{STACK} done, no changes: template, code and parameters are as" in capsys.readouterr().out
    )


@pytest.mark.parametrize("parameters", [{"Env": "-x"}, PARAMETERS | {"NotPassed": "kept"}])
def test_some_or_all_of_the_parameters_may_be_passed(
    deployment: Deployment, parameters: dict[str, str]
) -> None:
    assert not deployment.deploy(parameters)


def test_changed_code_or_templates_are_deployed(deployment: Deployment) -> None:
    deployment.sources = "1"
    assert deployment.deploy()
    assert not deployment.deploy()


@pytest.mark.parametrize(
    "parameters", [PARAMETERS | {"Recipient": "me@example.com"}, PARAMETERS | {"New": ""}]
)
def test_a_parameter_that_the_stack_has_not_so_is_deployed(
    deployment: Deployment, parameters: dict[str, str]
) -> None:
    assert deployment.deploy(parameters)


@pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"])
def test_a_stack_that_was_rolled_back_is_deployed(deployment: Deployment, status: str) -> None:
    deployment.description["StackStatus"] = status
    assert deployment.deploy()


def test_a_stack_that_somebody_has_updated_since_is_deployed(deployment: Deployment) -> None:
    """In the console, or from another checkout; so is what a failed update rolled back."""
    deployment.description["StackStatus"] = "UPDATE_COMPLETE"
    for day in (2, 3):
        deployment.description["LastUpdatedTime"] = datetime(2026, 1, day, tzinfo=UTC)
        assert deployment.deploy()
        assert not deployment.deploy()


def test_a_stack_that_somebody_updates_just_after_its_deployment_is_deployed_again(
    deployment: Deployment,
) -> None:
    deployment.sources = "1"
    deployment.description["StackStatus"] = "UPDATE_IN_PROGRESS"
    unchanged.note_deployment(STACK, deployment.description, "1")
    deployment.description["StackStatus"] = "UPDATE_COMPLETE"
    assert deployment.deploy()


def test_another_stack_of_the_same_name_is_deployed(deployment: Deployment) -> None:
    """In another account, or made anew."""
    deployment.description["StackId"] = "id-of-another"
    assert deployment.deploy()


def test_without_a_note_of_the_last_deployment_sam_decides(deployment: Deployment) -> None:
    STACK.note.unlink()
    assert deployment.deploy()
    STACK.note.write_text("half a no")
    assert deployment.deploy()


def test_a_deployment_that_failed_is_not_noted(deployment: Deployment) -> None:
    deployment.sources = "1"
    deployment.programs.add("sam", "exit 1")
    for _ in range(2):
        with pytest.raises(DeployError):
            deployment.deploy()


def test_what_changes_while_sam_runs_is_deployed_the_next_time(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment.sources = "1"
    run_sam = stacks._run_sam

    def run(*arguments: Any) -> int:
        deployment.sources = "2"
        return run_sam(*arguments)

    monkeypatch.setattr(stacks, "_run_sam", run)
    assert deployment.deploy()
    assert deployment.deploy()
