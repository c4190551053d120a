"""The API of executions: start, stop, describe, list, history."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from localcloud.stepfunctions import engine
from tests.stepfunctions.definitions import PASS, machine, task
from tests.stepfunctions.environment import ACCOUNT, REGION, Environment, StateGate, error_of

_PASS = machine(PASS)


_FAST = machine({"A": {"Type": "Pass", "Output": 1, "End": True}})


def test_arns_name_machine_and_execution(env: Environment) -> None:
    arn = env.create(_PASS)
    assert arn == f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:machine-1"
    started = env.sfn.start_execution(stateMachineArn=arn, name="run")
    assert started["executionArn"] == f"arn:aws:states:{REGION}:{ACCOUNT}:execution:machine-1:run"
    express = env.create(_PASS, "EXPRESS")
    execution = env.sfn.start_sync_execution(stateMachineArn=express, name="run")
    prefix = f"arn:aws:states:{REGION}:{ACCOUNT}:express:machine-2:run:"
    assert execution["executionArn"].startswith(prefix)
    assert execution["name"] == "run"
    assert execution["billingDetails"] == {
        "billedMemoryUsedInMB": 64,
        "billedDurationInMilliseconds": 100,
    }


def test_the_same_name_and_input_means_the_same_execution_while_that_runs(env: Environment) -> None:
    gate = StateGate(env, "A")
    arn = env.create(_PASS)
    start = env.sfn.start_execution
    first = start(stateMachineArn=arn, name="n", input='{"a":1}')
    assert gate.reached.wait(5)
    again = start(stateMachineArn=arn, name="n", input='{"a":1}')
    assert (again["executionArn"], again["startDate"]) == (
        first["executionArn"],
        first["startDate"],
    )
    with pytest.raises(ClientError) as other:
        start(stateMachineArn=arn, name="n", input='{"a":2}')
    gate.open.set()
    env.wait(first["executionArn"])
    with pytest.raises(ClientError) as closed:
        start(stateMachineArn=arn, name="n", input='{"a":1}')
    message = f"Execution Already Exists: '{first['executionArn']}'"
    assert error_of(other) == error_of(closed) == ("ExecutionAlreadyExists", message)


@pytest.mark.parametrize("name", ["a b", "a" * 81, "a/b", "a:b", "a\u0000", "a*"])
def test_an_invalid_name_is_refused(env: Environment, name: str) -> None:
    arn = env.create(_PASS)
    with pytest.raises(ClientError) as caught:
        env.sfn.start_execution(stateMachineArn=arn, name=name)
    assert error_of(caught)[0] in ("InvalidName", "ValidationException")


@pytest.mark.parametrize("text", ["not json", "{'a': 1}", " "])
def test_input_that_is_not_json_is_refused(env: Environment, text: str) -> None:
    arn = env.create(_PASS)
    with pytest.raises(ClientError) as caught:
        env.sfn.start_execution(stateMachineArn=arn, input=text)
    code, message = error_of(caught)
    assert code == "InvalidExecutionInput"
    assert message.startswith("Invalid State Machine Execution Input: '")


def test_input_over_256_kib_is_refused(env: Environment) -> None:
    arn = env.create(_PASS)
    with pytest.raises(ClientError) as caught:
        env.sfn.start_execution(stateMachineArn=arn, input=json.dumps("x" * 262_143))
    assert error_of(caught)[0] == "ValidationException"


def test_stopping_ends_a_wait_and_keeps_error_and_cause(env: Environment) -> None:
    gate = StateGate(env, "W")
    states = {"W": {"Type": "Wait", "Seconds": 5, "Next": "A"}, "A": {"Type": "Pass", "End": True}}
    started = env.sfn.start_execution(stateMachineArn=env.create(machine(states)))
    assert gate.reached.wait(5)
    arn = started["executionArn"]
    env.sfn.stop_execution(executionArn=arn, error="Enough", cause="of it")
    gate.open.set()
    execution = env.sfn.describe_execution(executionArn=arn)
    assert (execution["status"], execution["error"], execution["cause"]) == (
        "ABORTED",
        "Enough",
        "of it",
    )
    last = env.history(arn)[-1]
    assert last["type"] == "ExecutionAborted"
    assert last["executionAbortedEventDetails"] == {"error": "Enough", "cause": "of it"}


def test_history_comes_in_pages_in_both_orders_and_without_data(env: Environment) -> None:
    execution = env.run(_FAST, {"a": 1})
    arn = execution["executionArn"]
    events = env.history(arn)
    assert [event["id"] for event in events] == [1, 2, 3, 4]
    assert [event["previousEventId"] for event in events] == [0, 0, 2, 3]
    assert events[0]["executionStartedEventDetails"] == {
        "input": '{"a":1}',
        "inputDetails": {"truncated": False},
        "roleArn": env.role_arn,
    }
    assert events[2]["stateExitedEventDetails"]["output"] == "1"
    first = env.sfn.get_execution_history(executionArn=arn, maxResults=3, reverseOrder=True)
    assert [event["id"] for event in first["events"]] == [4, 3, 2]
    second = env.sfn.get_execution_history(
        executionArn=arn, maxResults=3, reverseOrder=True, nextToken=first["nextToken"]
    )
    assert [event["id"] for event in second["events"]] == [1]
    assert "nextToken" not in second
    without_data = env.sfn.get_execution_history(executionArn=arn, includeExecutionData=False)
    assert without_data["events"][1]["stateEnteredEventDetails"] == {"name": "A"}
    with pytest.raises(ClientError) as caught:
        env.sfn.get_execution_history(executionArn=arn, nextToken="bad")
    assert error_of(caught)[0] == "InvalidToken"


def test_task_events_have_arguments_and_result(env: Environment) -> None:
    env.script_tasks({"A": {"result": {"x": 1}}})
    arguments = {"FunctionName": "f", "Payload": {}}
    states = {"A": task(Arguments=arguments, TimeoutSeconds=7, Assign={"v": [1]})}
    events = env.history(env.run(machine(states))["executionArn"])
    details = {"resourceType": "lambda", "resource": "invoke"}
    assert events[2]["taskScheduledEventDetails"] == {
        **details,
        "region": REGION,
        "parameters": '{"FunctionName":"f","Payload":{}}',
        "timeoutInSeconds": 7,
    }
    assert events[3]["taskStartedEventDetails"] == details
    assert events[4]["taskSucceededEventDetails"] == {
        **details,
        "output": '{"x":1}',
        "outputDetails": {"truncated": False},
    }
    assert events[5]["stateExitedEventDetails"]["assignedVariables"] == {"v": "[1]"}


def test_executions_are_listed_latest_first_by_status_and_in_pages(env: Environment) -> None:
    arn = env.create(
        machine(
            {
                "A": {
                    "Type": "Choice",
                    "Choices": [{"Condition": "{% $states.input.ok %}", "Next": "B"}],
                    "Default": "C",
                },
                "B": {"Type": "Succeed"},
                "C": {"Type": "Fail"},
            }
        )
    )
    for number in range(5):
        text = json.dumps({"ok": number % 2 == 0})
        started = env.sfn.start_execution(stateMachineArn=arn, name=f"n{number}", input=text)
        env.wait(started["executionArn"])
    page = env.sfn.list_executions(stateMachineArn=arn, maxResults=2)
    assert [listed["name"] for listed in page["executions"]] == ["n4", "n3"]
    page = env.sfn.list_executions(stateMachineArn=arn, nextToken=page["nextToken"])
    assert [listed["name"] for listed in page["executions"]] == ["n2", "n1", "n0"]
    failed = env.sfn.list_executions(stateMachineArn=arn, statusFilter="FAILED")["executions"]
    assert [listed["name"] for listed in failed] == ["n3", "n1"]


def test_express_executions_cannot_be_described(env: Environment) -> None:
    arn = env.create(_PASS, "EXPRESS")
    started = env.sfn.start_execution(stateMachineArn=arn)
    expected = ("InvalidArn", "Invalid Arn: 'Resource type not valid in this context: express'")
    for operation in (
        env.sfn.describe_execution,
        env.sfn.get_execution_history,
        env.sfn.stop_execution,
    ):
        with pytest.raises(ClientError) as caught:
            operation(executionArn=started["executionArn"])
        assert error_of(caught) == expected
    with pytest.raises(ClientError) as listed:
        env.sfn.list_executions(stateMachineArn=arn)
    assert error_of(listed) == (
        "StateMachineTypeNotSupported",
        "This operation is not supported by this type of state machine",
    )


def test_a_standard_machine_cannot_run_synchronously(env: Environment) -> None:
    with pytest.raises(ClientError) as caught:
        env.sfn.start_sync_execution(stateMachineArn=env.create(_PASS))
    assert error_of(caught)[0] == "StateMachineTypeNotSupported"


def test_the_oldest_closed_executions_are_forgotten_with_their_map_runs(
    env: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS forgets them after 90 days; a cloud that runs for days must not grow for ever."""
    monkeypatch.setattr(engine, "CLOSED_EXECUTIONS", 2)
    over = {"Type": "Map", "End": True, "Items": [1]}
    processor = {"StartAt": "A", "States": _PASS["States"]}
    processor["ProcessorConfig"] = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    mapped = env.run(machine({"M": over | {"ItemProcessor": processor}}))
    stored = env.engine.store
    assert (len(stored.executions), len(stored.map_runs)) == (2, 1)
    later = env.run(_PASS)
    assert set(stored.executions) == {mapped["executionArn"], later["executionArn"]}
    env.run(_PASS)
    assert (len(stored.executions), len(stored.by_owner), len(stored.map_runs)) == (2, 2, 0)
    with pytest.raises(ClientError, match="ExecutionDoesNotExist"):
        env.sfn.describe_execution(executionArn=mapped["executionArn"])
