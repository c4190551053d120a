"""deployment/deployer/run_commands.py: what an operator does about one run."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from deployment.deployer import __main__ as command_line
from deployment.deployer.active_region import FunctionFailed
from deployment.deployer.errors import DeployError
from deployment.deployer.run_commands import describe_deployment, give_up, retry, show_links
from tests.deployment.fakes import PRINCIPAL, plan
from tests.deployment.regions import PRIMARY, SECONDARY, Event, FakeRegions

RUN = "orders-0123456789abcdef01234567"
PLAN = plan()
Command = Callable[..., None]
COMMANDS: list[tuple[Command, str, str]] = [
    (retry, "reconciler", "retry"),
    (give_up, "reconciler", "give_up"),
    (show_links, "emailer", "link"),
]
every_command = pytest.mark.parametrize(("command", "function", "action"), COMMANDS)


def answer(outcome: str, status: str = "STARTED") -> Callable[[Event], Any]:
    return lambda _: {"run_id": RUN, "outcome": outcome, "attempt": 3, "status": status}


def links(rejects: str | None = None) -> Callable[[Event], Any]:
    return lambda _: {"run_id": RUN, "result": "https://r", "rejects": rejects, "seconds": 3600}


def failing(type: str) -> Callable[[Event], Any]:
    def function(_event: Event) -> Any:
        raise FunctionFailed("because", type)

    return function


def test_a_retry_begins_the_next_attempt_in_the_active_region(
    capsys: pytest.CaptureFixture[str],
) -> None:
    aws = FakeRegions(active=SECONDARY, reconciler=answer("requeued"))
    retry(aws, PLAN, RUN)
    assert aws.invoked == [(SECONDARY, "batch-reconciler-x", {"retry": RUN})]
    assert capsys.readouterr().out.splitlines() == [
        f"ENV=-x in {PRIMARY} and {SECONDARY}: account 123456789012 as {PRINCIPAL}, on AWS",
        f"  The active Region is {SECONDARY}.",
        f"  Attempt 3 at {RUN} begins in {SECONDARY}. It will be mailed when it is complete.",
    ]


def test_a_run_is_given_up_in_the_active_region(capsys: pytest.CaptureFixture[str]) -> None:
    aws = FakeRegions(reconciler=answer("given_up", "GIVEN_UP"))
    give_up(aws, PLAN, RUN)
    assert aws.invoked == [(PRIMARY, "batch-reconciler-x", {"give_up": RUN})]
    assert f"{RUN} is given up" in capsys.readouterr().out


@pytest.mark.parametrize("rejects", [None, "https://rejects"])
def test_links_are_printed_each_on_a_line_of_its_own(
    rejects: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    aws = FakeRegions(emailer=links(rejects))
    show_links(aws, PLAN, RUN)
    assert aws.invoked == [(PRIMARY, "batch-emailer-x", {"link": RUN})]
    lines = capsys.readouterr().out.splitlines()
    assert re.search(r"work for 3600 s at most, until 20\d\d-\d\d-\d\d \d\d:\d\d UTC", lines[2])
    assert f"make link RUN={RUN} makes new ones" in lines[2]
    assert [line for line in lines if line.startswith("https")] == [
        "https://r",
        *([rejects] if rejects else []),
    ]


@every_command
def test_the_name_of_an_execution_or_attempt_names_its_run(
    command: Command, function: str, action: str
) -> None:
    answers = {"retry": answer("requeued"), "give_up": answer("given_up"), "link": links()}
    functions: dict[str, Any] = {function: answers[action]}
    aws = FakeRegions(**functions)
    command(aws, PLAN, f"{RUN}-2")
    assert aws.invoked == [(PRIMARY, f"batch-{function}-x", {action: RUN})]


@pytest.mark.parametrize(
    ("command", "outcome", "status", "texts"),
    [
        (retry, "running", "STARTED", ["is at work on attempt 3", "Wait: make status"]),
        (retry, "finished", "COMPLETED", ["was mailed", f"make link RUN={RUN}"]),
        (retry, "finished", "GIVEN_UP", ["was given up", "upload it again"]),
        (retry, "missing", "STARTED", ["not in the bucket", f"make give-up RUN={RUN}"]),
        (retry, "unreadable", "FAILED", ["archived", f"make give-up RUN={RUN}"]),
        (give_up, "finished", "COMPLETED", ["was mailed", f"make link RUN={RUN}"]),
        (give_up, "later", "STARTED", ["not understood", '"outcome": "later"']),
    ],
)
def test_a_command_that_changed_nothing_fails_and_says_what_to_do(
    command: Command, outcome: str, status: str, texts: list[str]
) -> None:
    with pytest.raises(DeployError) as caught:
        command(FakeRegions(reconciler=answer(outcome, status)), PLAN, RUN)
    assert all(text in str(caught.value) for text in texts)


@every_command
@pytest.mark.parametrize(
    ("error", "texts"),
    [
        ("UnknownRun", ["knows no run", "make status"]),
        ("NotActive", ["not active any more", "run the same command again"]),
        ("NotCompleted", ["is not COMPLETED", f"make retry RUN={RUN}"]),
        ("ClientError", ["because", "Run the same command again, which is safe"]),
    ],
)
def test_an_error_of_the_function_is_told_with_what_to_do(
    command: Command, function: str, action: str, error: str, texts: list[str]
) -> None:
    functions: dict[str, Any] = {function: failing(error)}
    aws = FakeRegions(**functions)
    with pytest.raises(DeployError) as caught:
        command(aws, PLAN, RUN)
    assert all(text in str(caught.value) for text in texts), action


def test_spaces_around_a_run_that_was_pasted_do_no_harm() -> None:
    aws = FakeRegions(emailer=links())
    show_links(aws, PLAN, f" {RUN}\n")
    assert aws.invoked == [(PRIMARY, "batch-emailer-x", {"link": RUN})]


@every_command
@pytest.mark.parametrize("run", ["", "input/orders.csv", "orders", f"{RUN}-1", "it's $(id)\u200b"])
def test_what_is_no_id_of_a_run_is_refused_before_anything_is_asked(
    command: Command, function: str, action: str, run: str
) -> None:
    aws = FakeRegions()
    with pytest.raises(DeployError, match="is not the id of a run"):
        command(aws, PLAN, run)
    assert aws.calls == [], (function, action)


def test_a_region_that_is_down_is_named_and_the_active_one_acts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    aws = FakeRegions(active=SECONDARY, down=PRIMARY, reconciler=answer("requeued"))
    retry(aws, PLAN, RUN)
    assert aws.invoked[0][0] == SECONDARY
    assert f"batch-reconciler-x does not answer in {PRIMARY}" in capsys.readouterr().err


def test_an_active_region_that_is_down_asks_for_a_failover() -> None:
    aws = FakeRegions(active=PRIMARY, down=PRIMARY)
    with pytest.raises(DeployError) as caught:
        retry(aws, PLAN, RUN)
    assert f"does not answer in {PRIMARY}" in str(caught.value)
    assert "make failover" in str(caught.value)


def test_without_an_active_region_nothing_is_done() -> None:
    aws = FakeRegions(active="none")
    with pytest.raises(DeployError, match="no Region is active: DNS says 'none'"):
        retry(aws, PLAN, RUN)
    assert aws.invoked == []


def test_no_region_that_answers_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    aws = FakeRegions(down=PRIMARY)
    lost = plan(secondary_region=PRIMARY)
    with pytest.raises(DeployError, match="AWS STS answers in neither Region"):
        describe_deployment(aws, lost)
    assert f"AWS STS does not answer in {PRIMARY}" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["retry", "give-up", "link"])
def test_a_command_that_did_nothing_ends_with_1(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    aws = FakeRegions(reconciler=failing("UnknownRun"), emailer=failing("UnknownRun"))
    monkeypatch.setattr(command_line, "Aws", lambda: aws)
    monkeypatch.setattr(command_line, "Plan", lambda _settings: PLAN)
    assert command_line.main([command, RUN]) == 1
    assert "Nothing was done" in capsys.readouterr().err
