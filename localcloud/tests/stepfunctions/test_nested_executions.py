"""Task states that start executions, with and without waiting for them."""

from __future__ import annotations

import json
from typing import Any

from tests.stepfunctions.definitions import machine
from tests.stepfunctions.environment import Environment


def _child(env: Environment, state: dict[str, Any], type_: str) -> str:
    return env.create(machine({"C": state}), type_)


def test_the_result_of_a_nested_execution_is_its_description(env: Environment) -> None:
    child = _child(
        env, {"Type": "Pass", "Output": {"x": "{% $states.input.a %}"}, "End": True}, "STANDARD"
    )
    arguments = {"StateMachineArn": child, "Input": {"a": 5}}
    execution = env.run_task("states:startExecution.sync:2", arguments)
    result = json.loads(execution["output"])
    assert (result["Output"], result["Input"], result["Status"]) == (
        {"x": 5},
        {"a": 5},
        "SUCCEEDED",
    )
    events = env.history(execution["executionArn"])
    assert [event["type"] for event in events][2:6] == [
        "TaskScheduled",
        "TaskStarted",
        "TaskSubmitted",
        "TaskSucceeded",
    ]
    assert events[4]["taskSubmittedEventDetails"]["resource"] == "startExecution.sync:2"


def test_a_nested_execution_that_fails_is_a_failed_task(env: Environment) -> None:
    child = _child(env, {"Type": "Fail", "Error": "E", "Cause": "C"}, "STANDARD")
    execution = env.run_task("states:startExecution.sync:2", {"StateMachineArn": child})
    assert execution["error"] == "States.TaskFailed"
    cause = json.loads(execution["cause"])
    assert (cause["Status"], cause["Error"], cause["Cause"]) == ("FAILED", "E", "C")


def test_a_nested_express_execution_cannot_be_waited_for(env: Environment) -> None:
    child = _child(env, {"Type": "Pass", "End": True}, "EXPRESS")
    execution = env.run_task("states:startExecution.sync:2", {"StateMachineArn": child})
    assert execution["error"] == "StepFunctions.InvalidArnException"


def test_waiting_for_a_nested_execution_needs_a_permission(env: Environment) -> None:
    child = _child(env, {"Type": "Pass", "End": True}, "STANDARD")
    env.allow("states:StartExecution")
    execution = env.run_task("states:startExecution.sync:2", {"StateMachineArn": child})
    assert execution["error"] == "StepFunctions.AWSStepFunctionsException"
    assert "states:DescribeExecution" in execution["cause"]


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
