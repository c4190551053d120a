"""Step Functions tells the default bus of each status of a Standard execution."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from localcloud.stepfunctions.engine import Engine
from localcloud.stepfunctions.execution import Execution
from tests.events.conftest import ACCOUNT, REGION, World

STATES = {"source": ["aws.states"], "detail-type": ["Step Functions Execution Status Change"]}
PASS = {"StartAt": "P", "States": {"P": {"Type": "Pass", "Output": "{% 'ok' %}", "End": True}}}
FAIL = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}}
LONG = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 100, "End": True}}}
LATE = LONG | {"TimeoutSeconds": 5}


class Waiting:
    """An observer that holds an execution in its first state."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()

    def before_state(self, execution: Execution, state: str, data: Any) -> None:  # noqa: ARG002 - the Observer interface
        self.begun.set()
        self.go_on.wait(10)

    def after_state(self, execution: Execution, state: str, output: Any) -> None: ...


def run(world: World, definition: Any, given: Any = None, kind: str = "STANDARD") -> list[Any]:
    """Details of what was told, from the start of an execution to its end."""
    world.rule(STATES, Arn=world.queue("q"))
    sfn = world.client("stepfunctions")
    text = json.dumps({} if given is None else given)
    arn = sfn.start_execution(
        stateMachineArn=world.machine(definition, kind), name="e", input=text
    )["executionArn"]
    if kind == "STANDARD":
        world.cloud.get(Engine).store.executions[arn].finished.wait(10)
    return [event["detail"] for event in world.bodies("q")]


@pytest.mark.parametrize(
    ("definition", "status"),
    [(PASS, "SUCCEEDED"), (FAIL, "FAILED"), (LATE, "TIMED_OUT")],
)
def test_the_start_and_the_end_are_told(world: World, definition: Any, status: str) -> None:
    assert [one["status"] for one in run(world, definition)] == ["RUNNING", status]


def test_the_detail_has_the_documented_form(world: World) -> None:
    running, succeeded = run(world, PASS, {"a": 1})
    execution = f"arn:aws:states:{REGION}:{ACCOUNT}:execution:machine-standard:e"
    assert running == {
        "executionArn": execution,
        "stateMachineArn": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:machine-standard",
        "name": "e",
        "status": "RUNNING",
        "startDate": 1_700_000_000_000,
        "stopDate": None,
        "input": '{"a": 1}',
        "inputDetails": {"included": True},
        "output": None,
        "outputDetails": None,
    }
    assert succeeded["stopDate"] == 1_700_000_000_000
    assert (succeeded["output"], succeeded["outputDetails"]) == ('"ok"', {"included": True})


def test_a_stopped_execution_is_told_as_aborted(world: World) -> None:
    world.rule(STATES, Arn=world.queue("q"))
    waiting = Waiting()
    world.cloud.get(Engine).observers.append(waiting)
    sfn = world.client("stepfunctions")
    arn = sfn.start_execution(stateMachineArn=world.machine(LONG))["executionArn"]
    assert waiting.begun.wait(10)
    sfn.stop_execution(executionArn=arn, cause="enough")
    waiting.go_on.set()
    assert [one["detail"]["status"] for one in world.bodies("q")] == ["RUNNING", "ABORTED"]


def test_express_executions_tell_nothing(world: World) -> None:
    logs = world.client("logs")
    logs.create_log_group(logGroupName="/aws/vendedlogs/x")
    assert run(world, PASS, kind="EXPRESS") == []


@pytest.mark.parametrize(
    ("given", "output", "included"),
    [
        (100, 100, (True, True)),
        (150_000, 150_000, (False, True)),
        (250_000, 10, (True, True)),
        (255_000, 10, (False, True)),
        (10, 255_000, (True, False)),
    ],
)
def test_input_and_output_that_do_not_fit_are_left_out(
    world: World, given: int, output: int, included: tuple[bool, bool]
) -> None:
    """248 KiB of both, escaped; the input goes first."""
    padded = {"Type": "Pass", "Output": f"{{% $pad('', {output}, 'x') %}}", "End": True}
    told = run(world, {"StartAt": "P", "States": {"P": padded}}, "x" * given)[-1]
    details = (told["inputDetails"]["included"], told["outputDetails"]["included"])
    assert details == included
    assert ("input" in told, told["output"] is not None) == included
