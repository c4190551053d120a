"""The API of executions and state machines, in AWS's words."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.stepfunctions import store
from localcloud.stepfunctions.execution import Execution
from tests.stepfunctions.cloud_under_test import ACCOUNT, REGION, Lab, machine, task

_PASS = machine({"A": {"Type": "Pass", "End": True}})
_FAST = machine({"A": {"Type": "Pass", "Output": 1, "End": True}})


class Gate:
    """An observer that holds a state until it is opened."""

    def __init__(self, state: str) -> None:
        self.state = state
        self.reached = threading.Event()
        self.open = threading.Event()

    def before_state(self, execution: Execution, state: str, data: Any) -> None:  # noqa: ARG002
        if state == self.state:
            self.reached.set()
            assert self.open.wait(10)

    def after_state(self, execution: Execution, state: str, output: Any) -> None:
        """Nothing."""


def _error(caught: pytest.ExceptionInfo[ClientError]) -> tuple[str, str]:
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_arns(lab: Lab) -> None:
    arn = lab.create(_PASS)
    assert arn == f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:machine-1"
    started = lab.sfn.start_execution(stateMachineArn=arn, name="run")
    assert started["executionArn"] == f"arn:aws:states:{REGION}:{ACCOUNT}:execution:machine-1:run"
    express = lab.create(_PASS, "EXPRESS")
    done = lab.sfn.start_sync_execution(stateMachineArn=express, name="run")
    prefix = f"arn:aws:states:{REGION}:{ACCOUNT}:express:machine-2:run:"
    assert done["executionArn"].startswith(prefix)
    assert done["name"] == "run"
    assert done["billingDetails"] == {
        "billedMemoryUsedInMB": 64,
        "billedDurationInMilliseconds": 100,
    }


def test_the_same_name_and_input_while_it_runs_is_the_same_execution(lab: Lab) -> None:
    gate = Gate("A")
    lab.engine.observers.append(gate)
    arn = lab.create(_PASS)
    start = lab.sfn.start_execution
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
    lab.wait(first["executionArn"])
    with pytest.raises(ClientError) as closed:
        start(stateMachineArn=arn, name="n", input='{"a":1}')
    message = f"Execution Already Exists: '{first['executionArn']}'"
    assert _error(other) == _error(closed) == ("ExecutionAlreadyExists", message)


@pytest.mark.parametrize("name", ["a b", "a" * 81, "a/b", "a:b", "a\u0000", "a*"])
def test_names_that_are_not_allowed(lab: Lab, name: str) -> None:
    arn = lab.create(_PASS)
    with pytest.raises(ClientError) as caught:
        lab.sfn.start_execution(stateMachineArn=arn, name=name)
    assert _error(caught)[0] in ("InvalidName", "ValidationException")


@pytest.mark.parametrize("text", ["not json", "{'a': 1}", " "])
def test_input_that_is_not_json(lab: Lab, text: str) -> None:
    arn = lab.create(_PASS)
    with pytest.raises(ClientError) as caught:
        lab.sfn.start_execution(stateMachineArn=arn, input=text)
    code, message = _error(caught)
    assert code == "InvalidExecutionInput"
    assert message.startswith("Invalid State Machine Execution Input: '")


def test_input_that_is_too_long(lab: Lab) -> None:
    arn = lab.create(_PASS)
    with pytest.raises(ClientError) as caught:
        lab.sfn.start_execution(stateMachineArn=arn, input=json.dumps("x" * 262_143))
    assert _error(caught)[0] == "ValidationException"


def test_stopping_ends_a_wait_and_says_so(lab: Lab) -> None:
    gate = Gate("W")
    lab.engine.observers.append(gate)
    states = {"W": {"Type": "Wait", "Seconds": 5, "Next": "A"}, "A": {"Type": "Pass", "End": True}}
    started = lab.sfn.start_execution(stateMachineArn=lab.create(machine(states)))
    assert gate.reached.wait(5)
    arn = started["executionArn"]
    lab.sfn.stop_execution(executionArn=arn, error="Enough", cause="of it")
    gate.open.set()
    done = lab.sfn.describe_execution(executionArn=arn)
    assert (done["status"], done["error"], done["cause"]) == ("ABORTED", "Enough", "of it")
    last = lab.history(arn)[-1]
    assert last["type"] == "ExecutionAborted"
    assert last["executionAbortedEventDetails"] == {"error": "Enough", "cause": "of it"}


def test_history_in_pages_both_ways_and_without_data(lab: Lab) -> None:
    done = lab.run(_FAST, {"a": 1})
    arn = done["executionArn"]
    events = lab.history(arn)
    assert [event["id"] for event in events] == [1, 2, 3, 4]
    assert [event["previousEventId"] for event in events] == [0, 0, 2, 3]
    assert events[0]["executionStartedEventDetails"] == {
        "input": '{"a":1}',
        "inputDetails": {"truncated": False},
        "roleArn": lab.role_arn,
    }
    assert events[2]["stateExitedEventDetails"]["output"] == "1"
    first = lab.sfn.get_execution_history(executionArn=arn, maxResults=3, reverseOrder=True)
    assert [event["id"] for event in first["events"]] == [4, 3, 2]
    rest = lab.sfn.get_execution_history(
        executionArn=arn, maxResults=3, reverseOrder=True, nextToken=first["nextToken"]
    )
    assert [event["id"] for event in rest["events"]] == [1]
    assert "nextToken" not in rest
    bare = lab.sfn.get_execution_history(executionArn=arn, includeExecutionData=False)
    assert bare["events"][1]["stateEnteredEventDetails"] == {"name": "A"}
    with pytest.raises(ClientError) as caught:
        lab.sfn.get_execution_history(executionArn=arn, nextToken="bad")
    assert _error(caught)[0] == "InvalidToken"


def test_task_events_have_what_was_asked_and_answered(lab: Lab) -> None:
    lab.play({"A": {"result": {"x": 1}}})
    arguments = {"FunctionName": "f", "Payload": {}}
    states = {"A": task(Arguments=arguments, TimeoutSeconds=7, Assign={"v": [1]})}
    events = lab.history(lab.run(machine(states))["executionArn"])
    about = {"resourceType": "lambda", "resource": "invoke"}
    assert events[2]["taskScheduledEventDetails"] == {
        **about,
        "region": REGION,
        "parameters": '{"FunctionName":"f","Payload":{}}',
        "timeoutInSeconds": 7,
    }
    assert events[3]["taskStartedEventDetails"] == about
    assert events[4]["taskSucceededEventDetails"] == {
        **about,
        "output": '{"x":1}',
        "outputDetails": {"truncated": False},
    }
    assert events[5]["stateExitedEventDetails"]["assignedVariables"] == {"v": "[1]"}


def test_executions_are_listed_latest_first_by_status_and_in_pages(lab: Lab) -> None:
    arn = lab.create(
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
        started = lab.sfn.start_execution(stateMachineArn=arn, name=f"n{number}", input=text)
        lab.wait(started["executionArn"])
    page = lab.sfn.list_executions(stateMachineArn=arn, maxResults=2)
    assert [each["name"] for each in page["executions"]] == ["n4", "n3"]
    page = lab.sfn.list_executions(stateMachineArn=arn, nextToken=page["nextToken"])
    assert [each["name"] for each in page["executions"]] == ["n2", "n1", "n0"]
    failed = lab.sfn.list_executions(stateMachineArn=arn, statusFilter="FAILED")["executions"]
    assert [each["name"] for each in failed] == ["n3", "n1"]


def test_express_executions_are_not_described(lab: Lab) -> None:
    arn = lab.create(_PASS, "EXPRESS")
    started = lab.sfn.start_execution(stateMachineArn=arn)
    refused = ("InvalidArn", "Invalid Arn: 'Resource type not valid in this context: express'")
    for ask in (
        lab.sfn.describe_execution,
        lab.sfn.get_execution_history,
        lab.sfn.stop_execution,
    ):
        with pytest.raises(ClientError) as caught:
            ask(executionArn=started["executionArn"])
        assert _error(caught) == refused
    with pytest.raises(ClientError) as listed:
        lab.sfn.list_executions(stateMachineArn=arn)
    assert _error(listed) == (
        "StateMachineTypeNotSupported",
        "This operation is not supported by this type of state machine",
    )


def test_a_standard_machine_does_not_run_synchronously(lab: Lab) -> None:
    with pytest.raises(ClientError) as caught:
        lab.sfn.start_sync_execution(stateMachineArn=lab.create(_PASS))
    assert _error(caught)[0] == "StateMachineTypeNotSupported"


def test_what_does_not_exist(lab: Lab) -> None:
    arn = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:none"
    with pytest.raises(ClientError) as caught:
        lab.sfn.start_execution(stateMachineArn=arn)
    assert _error(caught) == (
        "StateMachineDoesNotExist",
        f"State Machine Does Not Exist: '{arn}'",
    )
    with pytest.raises(ClientError) as caught:
        lab.sfn.describe_state_machine(stateMachineArn="not_a_valid_arn")
    assert _error(caught) == ("InvalidArn", "Invalid Arn: 'Invalid ARN prefix: not_a_valid_arn'")
    lab.sfn.delete_state_machine(stateMachineArn=arn)


def test_a_role_that_does_not_trust_step_functions_is_refused(lab: Lab) -> None:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    document = {"Statement": [{**trust, "Principal": {"Service": "lambda.amazonaws.com"}}]}
    lab.client("iam").create_role(
        RoleName="other", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", **document})
    )
    for role in ("other", "missing"):
        with pytest.raises(ClientError) as caught:
            lab.sfn.create_state_machine(
                name="m",
                definition=json.dumps(_PASS),
                roleArn=f"arn:aws:iam::{ACCOUNT}:role/{role}",
            )
        assert _error(caught) == (
            "AccessDeniedException",
            "Neither the global service principal states.amazonaws.com, nor the regional one is "
            "authorized to assume the provided role.",
        )


def test_creating_the_same_again_is_no_error_but_another_under_its_name_is(lab: Lab) -> None:
    create = lab.sfn.create_state_machine
    given = {"name": "m", "definition": json.dumps(_PASS), "roleArn": lab.role_arn}
    first, again = create(**given), create(**given)
    assert first["stateMachineArn"] == again["stateMachineArn"]
    with pytest.raises(ClientError) as caught:
        create(**{**given, "definition": json.dumps(_FAST)})
    assert _error(caught)[0] == "StateMachineAlreadyExists"


def test_an_update_counts_for_executions_that_start_after_it(lab: Lab) -> None:
    gate = Gate("A")
    lab.engine.observers.append(gate)
    arn = lab.create(_PASS)
    before = lab.sfn.start_execution(stateMachineArn=arn, input='"old"')["executionArn"]
    assert gate.reached.wait(5)
    updated = lab.sfn.update_state_machine(stateMachineArn=arn, definition=json.dumps(_FAST))
    gate.open.set()
    after = lab.sfn.start_execution(stateMachineArn=arn)["executionArn"]
    assert (lab.wait(before)["output"], lab.wait(after)["output"]) == ('"old"', "1")
    described = lab.sfn.describe_state_machine(stateMachineArn=arn)
    assert json.loads(described["definition"]) == _FAST
    assert described["revisionId"] == updated["revisionId"]
    held = lab.sfn.describe_state_machine_for_execution(executionArn=before)
    assert json.loads(held["definition"]) == _PASS


def test_tags(lab: Lab) -> None:
    arn = lab.create(_PASS, tags=[{"key": "a", "value": "1"}])
    lab.sfn.tag_resource(resourceArn=arn, tags=[{"key": "b", "value": "2"}])
    lab.sfn.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert lab.sfn.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "b", "value": "2"}]


def test_validation_gives_all_diagnostics(lab: Lab) -> None:
    definition = machine({"A": {"Type": "Pass", "Next": "B"}, "C": {"Type": "Pass"}})
    answer = lab.sfn.validate_state_machine_definition(definition=json.dumps(definition))
    assert answer["result"] == "FAIL"
    assert [each["code"] for each in answer["diagnostics"]] == [
        "SCHEMA_VALIDATION_FAILED",
        "MISSING_TRANSITION_TARGET",
        "MISSING_TRANSITION_TARGET",
    ]
    fine = lab.sfn.validate_state_machine_definition(definition=json.dumps(_PASS))
    assert (fine["result"], fine["diagnostics"]) == ("OK", [])


def test_what_is_missing_is_named(lab: Lab) -> None:
    arn = lab.create(_PASS)
    asks = {
        "publish_state_machine_version": {"stateMachineArn": arn},
        "create_activity": {"name": "a"},
        "send_task_success": {"taskToken": "t", "output": "{}"},
        "redrive_execution": {"executionArn": arn.replace("stateMachine", "execution") + ":x"},
    }
    for name, parameters in asks.items():
        with pytest.raises(ClientError) as caught:
            getattr(lab.sfn, name)(**parameters)
        assert _error(caught)[0] == "LocalCloudNotEmulated"


def test_the_oldest_closed_executions_are_forgotten_with_their_map_runs(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS forgets them after 90 days; a cloud that runs for days must not grow for ever."""
    monkeypatch.setattr(store, "CLOSED_EXECUTIONS", 2)
    over = {"Type": "Map", "End": True, "Items": [1]}
    processor = {"StartAt": "A", "States": _PASS["States"]}
    processor["ProcessorConfig"] = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    mapped = lab.run(machine({"M": over | {"ItemProcessor": processor}}))
    kept = lab.engine.store
    assert (len(kept.executions), len(kept.map_runs)) == (2, 1)
    later = lab.run(_PASS)
    assert set(kept.executions) == {mapped["executionArn"], later["executionArn"]}
    lab.run(_PASS)
    assert (len(kept.executions), len(kept.by_owner), len(kept.map_runs)) == (2, 2, 0)
    with pytest.raises(ClientError, match="ExecutionDoesNotExist"):
        lab.sfn.describe_execution(executionArn=mapped["executionArn"])
