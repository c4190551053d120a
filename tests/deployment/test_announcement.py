"""deployment/deployer/announcement.py: a command says first whose account it changes."""

from __future__ import annotations

import pytest

from deployment.deployer import __main__ as command_line
from deployment.deployer import announcement
from deployment.deployer.announcement import announce, announce_failover
from deployment.deployer.errors import DeployError
from tests.deployment.fakes import PRINCIPAL, FakeAws, failing, plan
from tests.deployment.regions import PRIMARY, SECONDARY, FakeRegions

PLAN = plan()


@pytest.fixture(autouse=True)
def _to_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcement, "destination", lambda *_: "AWS")


def test_env_regions_account_principal_and_aws_are_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    announce(FakeRegions(), PLAN)
    who = f"account 123456789012 as {PRINCIPAL}"
    expected = f"ENV=-x in {PRIMARY} and {SECONDARY}: {who}, on AWS\n"
    assert capsys.readouterr().out == expected


def test_the_local_cloud_is_named_with_its_address(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(announcement, "destination", lambda *_: "http://127.0.0.1:1")
    announce(FakeRegions(), plan(env=""))
    output = capsys.readouterr().out
    assert "on the local cloud at http://127.0.0.1:1, not AWS" in output
    assert output.startswith("ENV=(empty) in ")


def test_a_region_that_is_down_is_asked_in_vain_and_without_any_answer_nothing_is_done() -> None:
    aws = FakeRegions(down=PRIMARY)
    announce(aws, PLAN)
    aws.services["sts"] = {"get_caller_identity": failing("ExpiredToken", "expired")}
    with pytest.raises(DeployError, match="AWS STS answers in neither Region"):
        announce(aws, PLAN)


def test_a_failover_asks_its_own_region_only_and_goes_on_without_an_answer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    announce_failover(FakeRegions(down=PRIMARY), PLAN, SECONDARY)
    announce_failover(FakeRegions(down=SECONDARY), PLAN, SECONDARY)
    first, second = capsys.readouterr().out.splitlines()
    assert first == f"ENV=-x in {SECONDARY}: account 123456789012 as {PRINCIPAL}, on AWS"
    assert second == f"ENV=-x in {SECONDARY}: an account that is unknown, as STS does not answer"


@pytest.mark.parametrize("command", sorted(command_line.ANNOUNCED))
def test_a_command_whose_calls_would_be_split_does_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    def refuse(*_: object) -> None:
        raise DeployError("Nothing was done: split")

    executed: list[str] = []
    monkeypatch.setattr(command_line, "announce", refuse)
    monkeypatch.setattr(command_line, "Aws", FakeAws)
    monkeypatch.setitem(command_line.COMMANDS, command, lambda *_: executed.append(command))
    monkeypatch.setenv("PRIMARY_REGION", PRIMARY)
    assert command_line.main([command]) == 1
    assert executed == []
    assert "split" in capsys.readouterr().err


def test_every_command_that_changes_something_is_announced() -> None:
    """Some by themselves, and those about the active Region by `describe_deployment`."""
    reading = {"check", "build", "status", "tune", "settings", "mrap-arn", "lint"}
    about_the_active_region = {"reconcile", "retry", "give-up", "link", "replay-failures"}
    announced = command_line.ANNOUNCED | {"failover", "upload"} | about_the_active_region
    assert announced == set(command_line.COMMANDS) - reading
