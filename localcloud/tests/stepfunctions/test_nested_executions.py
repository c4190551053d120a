"""Task states that start executions."""

from __future__ import annotations

import json
from typing import Any

from tests.stepfunctions.definitions import distributed_map, machine, service_task, task
from tests.stepfunctions.environment import Environment


def _child(env: Environment, state: dict[str, Any], type_: str) -> str:
    return env.create(machine({"C": state}), type_)


def test_start_execution_does_not_wait(env: Environment) -> None:
    child = _child(env, {"Type": "Pass", "End": True}, "STANDARD")
    arguments = {"StateMachineArn": child, "Name": "child", "Input": {"a": 1}}
    started = env.result_of("states:startExecution", arguments)
    assert started["ExecutionArn"].endswith(":child")
    assert json.loads(env.wait(started["ExecutionArn"])["output"]) == {"a": 1}
    again = env.run_task("states:startExecution", arguments)
    assert again["error"] == "StepFunctions.ExecutionAlreadyExistsException"


def test_a_synchronous_express_execution_returns_its_status(env: Environment) -> None:
    child = _child(env, {"Type": "Fail", "Error": "E"}, "EXPRESS")
    arguments = {"StateMachineArn": child, "Input": {"a": 1}}
    result = env.result_of("aws-sdk:sfn:startSyncExecution", arguments)
    assert (result["Status"], result["Error"], result["Input"]) == ("FAILED", "E", '{"a":1}')
    assert result["BillingDetails"]["BilledMemoryUsedInMB"] == 64
    missing = {"StateMachineArn": child + "x"}
    execution = env.run_task("aws-sdk:sfn:startSyncExecution", missing)
    assert execution["error"] == "Sfn.StateMachineDoesNotExistException"


def test_the_children_of_a_map_wait_for_express_executions(env: Environment) -> None:
    doubled = {"Type": "Pass", "Output": "{% $states.input.n * 2 %}", "End": True}
    arguments = {
        "StateMachineArn": _child(env, doubled, "EXPRESS"),
        "Input": {"n": "{% $states.input %}"},
    }
    call = service_task(
        "aws-sdk:sfn:startSyncExecution",
        arguments,
        Output="{% $states.result.Status = 'SUCCEEDED' ? $states.result.Output : $error('no') %}",
    )
    assert env.output_of(distributed_map({"Call": call}), [1, 2]) == ["2", "4"]


def test_an_output_that_raises_an_error_can_be_caught(env: Environment) -> None:
    failing = _child(env, {"Type": "Fail", "Error": "E", "Cause": "why"}, "EXPRESS")
    catch = {
        "ErrorEquals": ["States.QueryEvaluationError"],
        "Output": "{% $states.errorOutput.Cause %}",
        "Next": "Caught",
    }
    states = {
        "Call": task(
            Resource="arn:aws:states:::aws-sdk:sfn:startSyncExecution",
            Arguments={"StateMachineArn": failing},
            Output="{% $states.result.Status = 'SUCCEEDED' ? 1 : $error($states.result.Cause) %}",
            Catch=[catch],
        ),
        "Caught": {"Type": "Succeed"},
    }
    execution = env.run(machine(states))
    assert json.loads(execution["output"]).endswith("threw an error during evaluation. D3137: why")
    types = env.event_types(execution["executionArn"])
    assert types[types.index("TaskSucceeded") :][:3] == [
        "TaskSucceeded", "EvaluationFailed", "TaskStateExited",
    ]  # fmt: skip
