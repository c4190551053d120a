"""RedriveExecution: an execution that failed goes on in the state that it has not left.

The events and the errors' words are AWS's, as it was recorded in
https://github.com/radkawar/stackd/tree/main/testdata/aws/stepfunctions (redrive_execution.json and
redrive_map.json).
"""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.stepfunctions.execution import Execution
from tests.stepfunctions.definitions import BUCKET, distributed_map, item_reader, machine, task
from tests.stepfunctions.environment import Environment, StateGate, error_of

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


class Order:
    """An observer that lets a state begin when another one has ended."""

    def __init__(self, env: Environment, first: str, second: str) -> None:
        self._first, self._second, self._ended = first, second, threading.Event()
        env.engine.observers.append(self)

    def before_state(self, _: Execution, state: str, _data: Any) -> None:
        if state == self._second:
            assert self._ended.wait(10)

    def after_state(self, _: Execution, state: str, _output: Any) -> None:
        if state == self._first:
            self._ended.set()


def calls(env: Environment) -> list[str]:
    return [state for state, _ in env.task_calls]


# ---------------------------------------------------------------------------------- what runs again


def test_only_the_state_that_failed_and_those_after_it_run(env: Environment) -> None:
    env.script_tasks({"A": {"result": 1}, "B": [FAILED, {"result": 2}], "C": {"result": 3}})
    count = {"n": "{% ($exists($n) ? $n : 0) + 1 %}"}
    states = {
        "A": step(Assign=count, Next="B"),
        "B": step(Assign=count, Next="C"),
        "C": step(Output="{% $n %}"),
    }
    failed = env.run(machine(states))
    assert (failed["status"], failed["redriveStatus"]) == ("FAILED", "REDRIVABLE")
    assert "redriveStatusReason" not in failed
    redriven = redrive(env, failed)
    assert (redriven["status"], redriven["output"]) == ("SUCCEEDED", "2")
    assert calls(env) == ["A", "B", "B", "C"]
    assert redriven["redriveStatusReason"] == "Execution is SUCCEEDED and cannot be redriven"
    for member in ("executionArn", "name", "startDate", "input"):
        assert redriven[member] == failed[member]
    assert (failed["redriveCount"], redriven["redriveCount"]) == (0, 1)
    assert "error" not in redriven


def test_a_task_is_scheduled_again_without_being_entered_again(env: Environment) -> None:
    env.script_tasks({"A": [FAILED, {"result": 1}]})
    execution = env.run(machine({"P": {"Type": "Pass", "Next": "A"}, "A": step()}))
    redrive(env, execution)
    assert events_after_redrive(env, execution) == [
        (9, "ExecutionRedriven", 8),
        (10, "TaskScheduled", 4),
        (11, "TaskStarted", 10),
        (12, "TaskSucceeded", 11),
        (13, "TaskStateExited", 12),
        (14, "ExecutionSucceeded", 13),
    ]
    event = env.history(execution["executionArn"])[8]
    assert event["executionRedrivenEventDetails"] == {"redriveCount": 1}


def test_the_context_says_that_it_is_a_redrive_and_retries_count_anew(env: Environment) -> None:
    env.script_tasks({"State": {"error": "E"}})
    retry = [{"ErrorEquals": ["E"], "MaxAttempts": 1, "IntervalSeconds": 5}]
    execution = env.run_state(step(Retry=retry))
    redrive(env, execution)
    contexts = [arguments["Payload"]["context"] for _, arguments in env.task_calls]
    assert [context["State"]["RetryCount"] for context in contexts] == [0, 1, 0, 1]
    assert [context["Execution"]["RedriveCount"] for context in contexts] == [0, 0, 1, 1]
    assert len({context["State"]["EnteredTime"] for context in contexts}) == 1
    assert "RedriveTime" not in contexts[1]["Execution"]
    assert "RedriveTime" in contexts[2]["Execution"]


def test_of_a_parallel_only_branches_that_have_not_ended_run(env: Environment) -> None:
    env.script_tasks({"A": {"result": 1}, "A2": {"result": 2}, "B": [FAILED, {"result": 3}]})
    Order(env, "A2", "B")
    branches = [
        {"StartAt": "A", "States": {"A": step(Next="A2"), "A2": step()}},
        {"StartAt": "B", "States": {"B": step()}},
    ]
    execution = env.run_state({"Type": "Parallel", "Branches": branches, "End": True})
    redriven = redrive(env, execution)
    assert json.loads(redriven["output"]) == [2, 3]
    assert sorted(calls(env)) == ["A", "A2", "B", "B"]
    types = [event[1] for event in events_after_redrive(env, execution)]
    assert types == [
        "ExecutionRedriven",
        "TaskScheduled",
        "TaskStarted",
        "TaskSucceeded",
        "TaskStateExited",
        "ParallelStateSucceeded",
        "ParallelStateExited",
        "ExecutionSucceeded",
    ]


def test_of_an_inline_map_only_iterations_that_have_not_ended_run(env: Environment) -> None:
    env.script_tasks({"A": [{"result": 0}, FAILED, {"result": 1}, {"result": 2}]})
    inner = {"StartAt": "A", "States": {"A": step()}}
    state = {"Type": "Map", "ItemProcessor": inner, "MaxConcurrency": 1, "End": True}
    execution = env.run_state(state, [10, 11, 12])
    redriven = redrive(env, execution)
    assert json.loads(redriven["output"]) == [0, 1, 2]
    assert inputs(env) == [10, 11, 11, 12]
    events = events_after_redrive(env, execution)
    assert [event[1] for event in events[1:12]] == [
        "TaskScheduled",
        "TaskStarted",
        "TaskSucceeded",
        "TaskStateExited",
        "MapIterationSucceeded",
        "MapIterationStarted",
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskSucceeded",
        "TaskStateExited",
    ]
    assert events[6][2] == events[4][0]  # the next iteration follows the last state of this one


def test_a_fail_state_fails_again(env: Environment) -> None:
    execution = env.run_state({"Type": "Fail", "Error": "E", "Cause": "C"})
    redriven = redrive(env, execution)
    assert (redriven["status"], redriven["error"]) == ("FAILED", "E")
    assert [event[1] for event in events_after_redrive(env, execution)] == [
        "ExecutionRedriven",
        "ExecutionFailed",
    ]
    assert redrive(env, execution)["redriveCount"] == 2


def test_the_time_out_of_the_machine_starts_again(env: Environment) -> None:
    states = {
        "W": {"Type": "Wait", "Seconds": 8, "Next": "V"},
        "V": {"Type": "Wait", "Seconds": 8, "End": True},
    }
    execution = env.run(machine(states, TimeoutSeconds=10))
    assert execution["status"] == "TIMED_OUT"
    assert redrive(env, execution)["status"] == "SUCCEEDED"
    types = env.event_types(execution["executionArn"])
    assert types.count("WaitStateEntered") == 2


def test_a_state_that_a_stop_has_met_runs_again_as_if_it_had_not_run(env: Environment) -> None:
    gate = StateGate(env, "B")
    count = {"n": "{% ($exists($n) ? $n : 0) + 1 %}"}
    states = {
        "A": {"Type": "Pass", "Assign": count, "Next": "B"},
        "B": {"Type": "Pass", "Assign": count, "Next": "C"},
        "C": {"Type": "Pass", "Output": "{% $n %}", "End": True},
    }
    arn = env.create(machine(states))
    execution = env.sfn.start_execution(stateMachineArn=arn)
    assert gate.reached.wait(10)
    env.sfn.stop_execution(executionArn=execution["executionArn"], error="E")
    assert env.wait(execution["executionArn"])["status"] == "ABORTED"
    gate.open.set()
    redriven = redrive(env, execution)
    assert (redriven["status"], redriven["output"]) == ("SUCCEEDED", "2")
    types = env.event_types(execution["executionArn"])
    assert types[types.index("ExecutionAborted") :] == [
        "ExecutionAborted",
        "ExecutionRedriven",
        "PassStateExited",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]


def test_a_state_whose_result_was_too_large_runs_again_as_a_whole(env: Environment) -> None:
    env.script_tasks(
        {
            "A": [{"result": "x" * 200_000}, {"result": 1}],
            "B": [{"result": "x" * 200_000}, {"result": 2}],
        }
    )
    branches = [{"StartAt": name, "States": {name: step()}} for name in ("A", "B")]
    execution = env.run_state({"Type": "Parallel", "Branches": branches, "End": True})
    assert execution["error"] == "States.DataLimitExceeded"
    assert json.loads(redrive(env, execution)["output"]) == [1, 2]


# --------------------------------------------------------------------------------------- refusals


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


# ------------------------------------------------------------------------------------------- maps


def children_of(env: Environment, execution: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    """The Map Run, and its children in the order of their start."""
    (run,) = env.sfn.list_map_runs(executionArn=execution["executionArn"])["mapRuns"]
    listed = env.sfn.list_executions(mapRunArn=run["mapRunArn"])["executions"]
    return env.sfn.describe_map_run(mapRunArn=run["mapRunArn"]), listed[::-1]


def counts(run: dict[str, Any]) -> dict[str, int]:
    return {name: count for name, count in run["itemCounts"].items() if count}


STATES = {"P": {"Type": "Pass", "Next": "A"}, "A": step()}


def test_a_map_run_redrives_its_failed_children_and_starts_those_that_were_pending(
    env: Environment,
) -> None:
    env.script_tasks({"A": [{"result": 0}, FAILED, {"result": 1}, {"result": 2}]})
    states = {"M": distributed_map(STATES, MaxConcurrency=1, Label="Here")}
    failed = env.run(machine(states), [10, 11, 12])
    run, children = children_of(env, failed)
    expected = {"succeeded": 1, "failed": 1, "pending": 1, "total": 3, "resultsWritten": 1}
    assert (run["status"], run["redriveCount"], counts(run)) == ("FAILED", 0, expected)
    described = env.sfn.describe_execution(executionArn=children[1]["executionArn"])
    assert described["redriveStatus"] == "REDRIVABLE_BY_MAP_RUN"

    redriven = redrive(env, failed)
    assert json.loads(redriven["output"]) == [0, 1, 2]
    assert inputs(env) == [10, 11, 11, 12]
    run_after, children_after = children_of(env, failed)
    assert run_after["mapRunArn"] == run["mapRunArn"]
    assert (run_after["status"], run_after["redriveCount"]) == ("SUCCEEDED", 1)
    assert counts(run_after) == {"succeeded": 3, "total": 3, "resultsWritten": 3}
    arns = [child["executionArn"] for child in children_after]
    assert arns[:2] == [child["executionArn"] for child in children]
    assert [child["redriveCount"] for child in children_after] == [0, 1, 0]
    types = env.event_types(arns[1])
    assert types.count("PassStateEntered") == 1
    assert types[types.index("ExecutionRedriven") + 1] == "TaskScheduled"
    for redrive_filter, expected_arns in (
        ("REDRIVEN", arns[1:2]),
        ("NOT_REDRIVEN", [arns[2], arns[0]]),
    ):
        listed = env.sfn.list_executions(mapRunArn=run["mapRunArn"], redriveFilter=redrive_filter)
        assert [child["executionArn"] for child in listed["executions"]] == expected_arns


def test_the_history_of_the_parent_says_that_the_map_run_was_redriven(env: Environment) -> None:
    env.script_tasks({"A": [FAILED, {"result": 1}]})
    execution = env.run(machine({"M": distributed_map(STATES)}), [10])
    redrive(env, execution)
    assert events_after_redrive(env, execution) == [
        (8, "ExecutionRedriven", 7),
        (9, "MapRunRedriven", 3),
        (10, "MapRunSucceeded", 9),
        (11, "MapStateSucceeded", 10),
        (12, "MapStateExited", 10),
        (13, "ExecutionSucceeded", 12),
    ]
    event = env.history(execution["executionArn"])[8]
    assert event["mapRunRedrivenEventDetails"]["redriveCount"] == 1


def test_a_failed_express_child_runs_again_from_its_first_state(env: Environment) -> None:
    env.script_tasks({"A": {"result": 0}, "B": [FAILED, {"result": 1}]})
    inner = {"A": step(Next="B"), "B": step(Output="{% $states.context.Execution.RedriveCount %}")}
    execution = env.run(machine({"M": distributed_map(inner, "EXPRESS")}), [10])
    assert json.loads(redrive(env, execution)["output"]) == [1]
    assert calls(env) == ["A", "B", "A", "B"]


def test_children_are_redriven_by_their_parent_only(env: Environment) -> None:
    env.script_tasks({"A": FAILED})
    execution = env.run(machine({"M": distributed_map(STATES)}), [10])
    _, [child] = children_of(env, execution)
    message = "Labeled Execution ARNs are not supported for this API."
    assert refusal(env, child["executionArn"]) == ("ValidationException", message)


def test_the_role_must_be_allowed_to_redrive_children(env: Environment) -> None:
    env.script_tasks({"A": [FAILED, {"result": 1}]})
    execution = env.run(machine({"M": distributed_map(STATES)}), [10])
    env.allow("states:StartExecution")
    denied = redrive(env, execution)
    assert denied["error"] == "States.Runtime"
    _, [child] = children_of(env, execution)
    text = f"states:RedriveExecution on resource: {child['executionArn']} because"
    assert text in denied["cause"]
    assert [event[1] for event in events_after_redrive(env, execution)] == [
        "ExecutionRedriven",
        "MapRunRedriven",
        "MapRunFailed",
        "MapStateFailed",
        "ExecutionFailed",
    ]
    run, _ = children_of(env, execution)
    assert counts(run) == {"failed": 1, "total": 1}
    env.allow("states:StartExecution", "states:RedriveExecution")
    assert redrive(env, execution)["status"] == "SUCCEEDED"
    run, _ = children_of(env, execution)
    assert run["redriveCount"] == 2


def test_a_child_that_ended_too_long_ago_stays_failed(env: Environment) -> None:
    env.script_tasks({"A": [FAILED, {"result": 1}, FAILED, {"result": 2}]})
    wait = {"Type": "Wait", "Seconds": "{% $states.input %}", "Next": "A"}
    state = distributed_map({"W": wait, "A": step()}, MaxConcurrency=1, ToleratedFailureCount=1)
    execution = env.run(machine({"M": state}), [0, 10 * DAY, 0])
    assert execution["error"] == "States.ExceedToleratedFailureThreshold"
    env.clock.time += 5 * DAY
    assert json.loads(redrive(env, execution)["output"]) == [1, 2]
    assert len(env.task_calls) == 4
    run, children = children_of(env, execution)
    assert counts(run) == {"succeeded": 2, "failed": 1, "total": 3, "resultsWritten": 2}
    assert [child["redriveCount"] for child in children] == [0, 0, 1]


def test_a_reader_that_failed_reads_again(env: Environment) -> None:
    s3 = env.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    state = distributed_map(ItemReader=item_reader("a.json", InputType="JSON"))
    execution = env.run_state(state)
    assert execution["error"] == "States.ItemReaderFailed"
    s3.put_object(Bucket=BUCKET, Key="a.json", Body=b"[1, 2]")
    assert json.loads(redrive(env, execution)["output"]) == [1, 2]
    run, _ = children_of(env, execution)
    assert run["redriveCount"] == 1


def test_a_retry_within_a_redrive_is_a_new_map_run(env: Environment) -> None:
    env.script_tasks({"A": [FAILED, FAILED, FAILED, {"result": 1}]})
    retry = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}]
    execution = env.run(machine({"M": distributed_map(STATES, Retry=retry)}), [10])
    assert redrive(env, execution)["status"] == "SUCCEEDED"
    runs = env.sfn.list_map_runs(executionArn=execution["executionArn"])["mapRuns"]
    assert len(runs) == 3


def test_lists_of_a_machine_have_no_filter_for_redrives(env: Environment) -> None:
    arn = env.create(machine({"A": {"Type": "Fail"}}))
    with pytest.raises(ClientError) as caught:
        env.sfn.list_executions(stateMachineArn=arn, redriveFilter="REDRIVEN")
    message = "RedriveFilter cannot be applied to ListExecutions call with StateMachine ARN"
    assert error_of(caught) == ("ValidationException", message)
