"""What tests of RedriveExecution share."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.stepfunctions.definitions import task
from tests.stepfunctions.environment import Environment, error_of

FAILED = {"error": "E", "cause": "c"}


DAY = 86_400.0


def redrive(env: Environment, execution: dict[str, Any], **params: Any) -> Any:
    """Describe the execution when its redrive has ended."""
    arn = execution["executionArn"]
    env.sfn.redrive_execution(executionArn=arn, **params)
    return env.wait(arn)


def refusal(env: Environment, arn: str) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        env.sfn.redrive_execution(executionArn=arn)
    return error_of(caught)


def events_after_redrive(env: Environment, execution: dict[str, Any]) -> list[tuple[int, str, int]]:
    """Id, type and previous id of each."""
    events = [
        (event["id"], event["type"], event["previousEventId"])
        for event in env.history(execution["executionArn"])
    ]
    [start] = [number for number, event in enumerate(events) if event[1] == "ExecutionRedriven"]
    return events[start:]


def step(**fields: Any) -> dict[str, Any]:
    payload = {"input": "{% $states.input %}", "context": "{% $states.context %}"}
    return task(Arguments={"FunctionName": "f", "Payload": payload}, **fields)


def inputs(env: Environment) -> list[Any]:
    """What the states of the Tasks got, in the order of their calls."""
    return [arguments["Payload"]["input"] for _, arguments in env.task_calls]


def calls(env: Environment) -> list[str]:
    return [state for state, _ in env.task_calls]
