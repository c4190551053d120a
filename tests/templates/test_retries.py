"""Which errors the state machines try again, and how long they wait."""

from __future__ import annotations

from typing import Any

import pytest

from tests.templates.loading import MACHINES, ROOT, states

PERMANENT = {"InputRefused", "ChunkCorrupt", "RowsDoNotAddUp", "MailUnconfirmed"}
TOO_BROAD = {"States.ALL", "States.TaskFailed"}
LAMBDA = {
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
}


def tasks(machine: str) -> dict[str, dict[str, Any]]:
    return {name: state for name, state in states(machine).items() if state["Type"] == "Task"}


def service(task: dict[str, Any]) -> str:
    """Return `lambda` for arn:aws:states:::lambda:invoke, `s3` for …:::aws-sdk:s3:headObject."""
    resource: str = task["Resource"]
    return resource.split(":::")[1].removeprefix("aws-sdk:").split(":")[0]


TASKS = [(machine, name) for machine in MACHINES for name in tasks(machine)]
SERVICES = sorted({service(tasks(machine)[name]) for machine, name in TASKS})


@pytest.mark.parametrize(("machine", "name"), TASKS)
def test_a_task_is_tried_again_for_named_transient_errors_only(machine: str, name: str) -> None:
    task = tasks(machine)[name]
    errors = {error for retry in task["Retry"] for error in retry["ErrorEquals"]}
    assert errors
    assert not errors & (PERMANENT | TOO_BROAD)
    if service(task) == "lambda":
        assert errors >= LAMBDA


@pytest.mark.parametrize(("machine", "name"), TASKS)
def test_a_retry_spreads_and_never_waits_too_long(machine: str, name: str) -> None:
    for retry in tasks(machine)[name]["Retry"]:
        assert retry["JitterStrategy"] == "FULL"
        assert retry["BackoffRate"] > 1
        assert 0 < retry["MaxDelaySeconds"] <= 60
        assert retry["MaxAttempts"] <= 6


@pytest.mark.parametrize("name", SERVICES)
def test_all_tasks_of_a_service_are_tried_again_for_the_same_errors(name: str) -> None:
    """ASL has no way to share a list, so this test keeps the copies equal."""
    every = [task for machine in MACHINES for task in tasks(machine).values()]
    lists = [
        [retry["ErrorEquals"] for retry in task["Retry"]] for task in every if service(task) == name
    ]
    assert lists == [lists[0]] * len(lists)


@pytest.mark.parametrize("machine", MACHINES)
def test_all_functions_of_a_state_machine_are_tried_again_after_the_same_waits(
    machine: str,
) -> None:
    retries = [task["Retry"] for task in tasks(machine).values() if service(task) == "lambda"]
    assert retries == [retries[0]] * len(retries)


@pytest.mark.parametrize("error", sorted(PERMANENT))
def test_a_permanent_error_is_one_that_a_function_raises(error: str) -> None:
    sources = [path.read_text() for path in (ROOT / "functions").glob("*/*.py")]
    assert any(f"class {error}(Exception)" in source for source in sources)
