"""RedriveExecution: an execution that failed goes on in the state that it has not left.

The events and the errors' words are AWS's, as it was recorded in
https://github.com/radkawar/stackd/tree/main/testdata/aws/stepfunctions (redrive_execution.json and
redrive_map.json).
"""

from __future__ import annotations

import json
import threading
from typing import Any

from localcloud.stepfunctions.execution import Execution
from tests.stepfunctions.definitions import machine
from tests.stepfunctions.environment import Environment, StateGate
from tests.stepfunctions.redrives import FAILED, calls, events_after_redrive, inputs, redrive, step


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
