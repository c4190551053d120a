"""Step Functions publishes each status of a Standard execution on the default bus."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from localcloud.stepfunctions.engine import Engine
from tests.events.environment import ACCOUNT, REGION, Environment

STATES = {"source": ["aws.states"], "detail-type": ["Step Functions Execution Status Change"]}
PASS = {"StartAt": "P", "States": {"P": {"Type": "Pass", "Output": "{% 'ok' %}", "End": True}}}
FAIL = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}}
LONG = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 100, "End": True}}}
LATE = LONG | {"TimeoutSeconds": 5}


class FirstStateGate:
    """An observer that holds an execution in its first state."""

    def __init__(self) -> None:
        self.reached, self.open = threading.Event(), threading.Event()

    def before_state(self, *_: Any) -> None:
        self.reached.set()
        self.open.wait(10)

    def after_state(self, *_: Any) -> None: ...


def run(env: Environment, definition: Any, data: Any = None, type_: str = "STANDARD") -> list[Any]:
    """The details of the events of an execution, from its start to its end."""
    env.rule(STATES, Arn=env.queue("q"))
    sfn = env.client("stepfunctions")
    text = json.dumps({} if data is None else data)
    arn = sfn.start_execution(stateMachineArn=env.machine(definition, type_), name="e", input=text)[
        "executionArn"
    ]
    if type_ == "STANDARD":
        env.cloud.get(Engine).store.executions[arn].finished.wait(10)
    return [event["detail"] for event in env.bodies("q")]


@pytest.mark.parametrize(
    ("definition", "status"), [(PASS, "SUCCEEDED"), (FAIL, "FAILED"), (LATE, "TIMED_OUT")]
)
def test_the_start_and_the_end_are_published(
    env: Environment, definition: Any, status: str
) -> None:
    assert [detail["status"] for detail in run(env, definition)] == ["RUNNING", status]


def test_the_detail_has_the_documented_form(env: Environment) -> None:
    running, succeeded = run(env, PASS, {"a": 1})
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


def test_a_stopped_execution_is_published_as_aborted(env: Environment) -> None:
    env.rule(STATES, Arn=env.queue("q"))
    gate = FirstStateGate()
    env.cloud.get(Engine).observers.append(gate)
    sfn = env.client("stepfunctions")
    arn = sfn.start_execution(stateMachineArn=env.machine(LONG))["executionArn"]
    assert gate.reached.wait(10)
    sfn.stop_execution(executionArn=arn, cause="enough")
    gate.open.set()
    assert [event["detail"]["status"] for event in env.bodies("q")] == ["RUNNING", "ABORTED"]


def test_express_executions_publish_nothing(env: Environment) -> None:
    logs = env.client("logs")
    logs.create_log_group(logGroupName="/aws/vendedlogs/x")
    assert run(env, PASS, type_="EXPRESS") == []


@pytest.mark.parametrize(
    ("input_length", "output_length", "included"),
    [
        (100, 100, (True, True)),
        (150_000, 150_000, (False, True)),
        (250_000, 10, (True, True)),
        (255_000, 10, (False, True)),
        (10, 255_000, (True, False)),
    ],
)
def test_input_and_output_that_do_not_fit_are_left_out(
    env: Environment, input_length: int, output_length: int, included: tuple[bool, bool]
) -> None:
    """Both may have 248 KiB, escaped; the input is left out first."""
    padded = {"Type": "Pass", "Output": f"{{% $pad('', {output_length}, 'x') %}}", "End": True}
    detail = run(env, {"StartAt": "P", "States": {"P": padded}}, "x" * input_length)[-1]
    details = (detail["inputDetails"]["included"], detail["outputDetails"]["included"])
    assert details == included
    assert ("input" in detail, detail["output"] is not None) == included
