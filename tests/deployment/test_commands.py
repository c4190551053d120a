"""deployment/deployer/commands.py: the commands of the Makefile's targets."""

from __future__ import annotations

from typing import Any

import pytest

from deployment.deployer import commands
from deployment.deployer.deploy import Deployment
from deployment.deployer.errors import DeployError
from tests.deployment.fakes import FakeAws, failing, plan

MRAP = "arn:aws:s3::123456789012:accesspoint/m.mrap"
PLAN = plan()


def deployed(**outputs: str) -> FakeAws:
    pairs = [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]
    return FakeAws(cloudformation={"describe_stacks": lambda **_: {"Stacks": [{"Outputs": pairs}]}})


def test_settings_prints_lines_for_scripts(capsys: pytest.CaptureFixture[str]) -> None:
    commands.print_settings(deployed(MrapArn=MRAP), PLAN)
    assert capsys.readouterr().out.splitlines() == [
        "ENV=-x",
        "PRIMARY_REGION=eu-west-1",
        "SECONDARY_REGION=eu-central-1",
        f"MRAP_ARN={MRAP}",
    ]


def test_mrap_arn_prints_the_arn_alone(capsys: pytest.CaptureFixture[str]) -> None:
    commands.print_mrap_arn(deployed(MrapArn=MRAP), PLAN)
    assert capsys.readouterr().out == f"{MRAP}\n"


@pytest.mark.parametrize(
    "command",
    [
        commands.print_settings,
        commands.print_mrap_arn,
        commands.verify_regions,
        commands.deploy_chaos,
    ],
)
def test_before_the_first_deployment_a_command_says_that_nothing_is_deployed(command: Any) -> None:
    missing = failing("ValidationError", "Stack with id s does not exist")
    with pytest.raises(DeployError, match="is not deployed: run make deploy first"):
        command(FakeAws(cloudformation={"describe_stacks": missing}), PLAN)


def test_a_deployment_is_checked_and_built_before_anything_is_deployed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    steps: list[str] = []
    monkeypatch.setattr(commands, "run_preflight", lambda *_, brief: steps.append(f"check {brief}"))
    monkeypatch.setattr(commands, "build", lambda arch: steps.append(f"build {arch}"))
    monkeypatch.setattr(Deployment, "run", lambda _: steps.append("deploy"))
    monkeypatch.setattr(commands, "warn_without_subscribers", lambda *_: steps.append("warn"))
    commands.deploy(FakeAws(), PLAN)
    assert steps == ["check True", "build arm64", "deploy", "warn"]
    first, *_, last = capsys.readouterr().out.splitlines()
    assert first == "[1/7] Settings, tools, account and Regions"
    assert last.startswith("Deployed in ")


def test_chaos_shows_how_to_start_each_experiment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("deployment.deployer.stacks.deploy", lambda *_: None)
    commands.deploy_chaos(deployed(SubnetIds="s", ExperimentTemplateId="EXT1"), PLAN)
    start = "aws fis start-experiment --region {} --experiment-template-id EXT1"
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines == [start.format("eu-west-1"), start.format("eu-central-1")]


class FakeTeardown:
    """Counts how often everything was destroyed."""

    destroyed = 0

    def __init__(self, *_: object) -> None: ...

    def running_count(self) -> int:
        return 2

    def run(self) -> None:
        FakeTeardown.destroyed += 1


@pytest.fixture
def teardown(monkeypatch: pytest.MonkeyPatch) -> type[FakeTeardown]:
    FakeTeardown.destroyed = 0
    monkeypatch.setattr(commands, "Teardown", FakeTeardown)
    return FakeTeardown


@pytest.mark.parametrize(("env", "name"), [("-x", "-x"), ("", "empty")])
def test_destroy_all_asks_for_the_name_of_the_env(
    monkeypatch: pytest.MonkeyPatch, teardown: type[FakeTeardown], env: str, name: str
) -> None:
    monkeypatch.setattr("builtins.input", lambda _: name)
    commands.destroy_all(FakeAws(), plan(env=env), "")
    assert teardown.destroyed == 1


@pytest.mark.parametrize("answer", ["yes", "-dev", ""])
def test_any_other_answer_destroys_nothing(
    monkeypatch: pytest.MonkeyPatch, teardown: type[FakeTeardown], answer: str
) -> None:
    monkeypatch.setattr("builtins.input", lambda _: answer)
    with pytest.raises(DeployError, match=r"Nothing was deleted: .* is not '-x'"):
        commands.destroy_all(FakeAws(), PLAN, "")
    assert teardown.destroyed == 0


def test_a_script_answers_by_a_setting_which_has_to_name_the_env_too(
    monkeypatch: pytest.MonkeyPatch, teardown: type[FakeTeardown]
) -> None:
    commands.destroy_all(FakeAws(), PLAN, "-x")
    assert teardown.destroyed == 1
    with pytest.raises(DeployError, match="'-y' is not '-x'"):
        commands.destroy_all(FakeAws(), PLAN, "-y")

    def nobody(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    with pytest.raises(DeployError, match="CONFIRM=-x"):
        commands.destroy_all(FakeAws(), PLAN, "")
    assert teardown.destroyed == 1
