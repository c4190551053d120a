"""RedriveExecution: what is refused, for how long, and client tokens."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.stepfunctions.definitions import machine
from tests.stepfunctions.environment import Environment, StateGate, error_of
from tests.stepfunctions.redrives import DAY, redrive, refusal


def test_an_execution_that_runs_or_has_succeeded_is_refused(env: Environment) -> None:
    gate = StateGate(env, "A")
    arn = env.create(machine({"A": {"Type": "Pass", "End": True}}))
    execution = env.sfn.start_execution(stateMachineArn=arn)["executionArn"]
    assert gate.reached.wait(10)
    message = (
        f"Execution {execution} invalid for redrive as: Execution is RUNNING and cannot be redriven"
    )
    assert refusal(env, execution) == ("ExecutionNotRedrivable", message)
    gate.open.set()
    env.wait(execution)
    assert refusal(env, execution)[1] == message.replace("RUNNING", "SUCCEEDED")


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (14, None),
        (14.1, "Execution redrivable period exceeded"),
        (365, "Execution has exceeded the max execution time"),
    ],
)
def test_an_execution_can_be_redriven_for_14_days(
    env: Environment, days: float, expected: str | None
) -> None:
    execution = env.run_state({"Type": "Fail"})
    env.clock.time += days * DAY
    described = env.sfn.describe_execution(executionArn=execution["executionArn"])
    assert described.get("redriveStatusReason") == expected
    if expected:
        assert described["redriveStatus"] == "NOT_REDRIVABLE"
        assert refusal(env, execution["executionArn"])[0] == "ExecutionNotRedrivable"
    else:
        assert redrive(env, execution)["redriveCount"] == 1


def test_an_execution_of_a_deleted_machine_is_refused(env: Environment) -> None:
    execution = env.run_state({"Type": "Fail"})
    env.sfn.delete_state_machine(stateMachineArn=execution["stateMachineArn"])
    code, message = refusal(env, execution["executionArn"])
    assert code == "ExecutionNotRedrivable"
    assert message.endswith("State machine is in DELETING status")


def test_arns_that_name_no_standard_execution_are_refused(env: Environment) -> None:
    arn = env.run_state({"Type": "Fail"})["executionArn"]
    assert refusal(env, f"{arn}x") == (
        "ExecutionDoesNotExist",
        f"Execution Does Not Exist: '{arn}x'",
    )
    express = arn.replace(":execution:", ":express:") + ":1"
    assert refusal(env, express) == (
        "InvalidArn",
        "Invalid Arn: 'Resource type not valid in this context: express'",
    )


def test_a_client_token_redrives_once(env: Environment) -> None:
    execution = env.run_state({"Type": "Fail"})
    arn = execution["executionArn"]
    first = env.sfn.redrive_execution(executionArn=arn, clientToken="a")
    env.wait(arn)
    env.clock.time += 899
    assert (
        env.sfn.redrive_execution(executionArn=arn, clientToken="a")["redriveDate"]
        == first["redriveDate"]
    )
    assert env.wait(arn)["redriveCount"] == 1
    env.clock.time += 2
    assert redrive(env, execution, clientToken="a")["redriveCount"] == 2


def test_lists_of_a_machine_have_no_filter_for_redrives(env: Environment) -> None:
    arn = env.create(machine({"A": {"Type": "Fail"}}))
    with pytest.raises(ClientError) as caught:
        env.sfn.list_executions(stateMachineArn=arn, redriveFilter="REDRIVEN")
    message = "RedriveFilter cannot be applied to ListExecutions call with StateMachine ARN"
    assert error_of(caught) == ("ValidationException", message)
