"""Task states that start executions."""

from __future__ import annotations

import json
from typing import Any

from tests.stepfunctions.definitions import machine
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
