"""Time: Waits are scaled, Tasks are not, and a stop ends both."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from localcloud.clock import ScaledClock
from localcloud.stepfunctions.errors import StateError
from localcloud.stepfunctions.execution import Execution
from tests.stepfunctions.definitions import machine, task
from tests.stepfunctions.environment import Environment

_CALL = {"FunctionName": "f"}


def test_a_task_that_takes_too_long_times_out(env: Environment) -> None:
    hang = threading.Event()
    env.engine.perform = lambda *_: hang.wait(20)
    catch = [{"ErrorEquals": ["States.Timeout"], "Next": "B"}]
    states = {
        "A": task(Arguments=_CALL, TimeoutSeconds=1, Catch=catch),
        "B": {"Type": "Pass", "End": True},
    }
    execution = env.run(machine(states))
    hang.set()
    assert (execution["status"], execution["output"]) == (
        "SUCCEEDED",
        '{"Error":"States.Timeout","Cause":""}',
    )
    events = env.history(execution["executionArn"])
    assert events[4]["type"] == "TaskTimedOut"
    assert events[4]["taskTimedOutEventDetails"]["error"] == "States.Timeout"


def test_the_time_out_of_the_machine_ends_a_task_that_hangs(tmp_path: Path) -> None:
    with Environment(tmp_path, ScaledClock(0.01)) as env:
        hang = threading.Event()
        env.engine.perform = lambda *_: hang.wait(20)
        execution = env.run(machine({"A": task(Arguments=_CALL)}, TimeoutSeconds=1))
        hang.set()
        assert execution["status"] == "TIMED_OUT"


def test_waits_are_scaled_but_count_in_full_for_the_time_out(tmp_path: Path) -> None:
    with Environment(tmp_path, ScaledClock(0.001)) as env:
        wait = {"Type": "Wait", "Seconds": 60}
        states = {"A": {**wait, "Next": "B"}, "B": {**wait, "End": True}}
        began = time.monotonic()
        assert env.run(machine(states, TimeoutSeconds=121))["status"] == "SUCCEEDED"
        assert env.run(machine(states, TimeoutSeconds=119))["status"] == "TIMED_OUT"
        assert time.monotonic() - began < 10


def test_a_wait_does_not_hold_up_others(tmp_path: Path) -> None:
    """60 executions that wait at the same time take about as long as one."""
    with Environment(tmp_path, ScaledClock(1.0)) as env:
        arn = env.create(machine({"W": {"Type": "Wait", "Seconds": 1, "End": True}}))
        began = time.monotonic()
        started = [env.sfn.start_execution(stateMachineArn=arn) for _ in range(60)]
        for execution in started:
            assert env.wait(execution["executionArn"])["status"] == "SUCCEEDED"
        assert time.monotonic() - began < 15


def test_a_branch_that_fails_ends_the_waits_of_the_others(tmp_path: Path) -> None:
    with Environment(tmp_path, ScaledClock(1.0)) as env:
        env.script_tasks({"A": {"error": "E"}})
        branches = [
            {"StartAt": "A", "States": {"A": task(Arguments=_CALL)}},
            {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 600, "End": True}}},
        ]
        states = {"P": {"Type": "Parallel", "Branches": branches, "End": True}}
        execution = env.run(machine(states))
        assert (execution["status"], execution["error"]) == ("FAILED", "E")
        types = env.event_types(execution["executionArn"])
        assert types[-3:] == ["WaitStateAborted", "ParallelStateFailed", "ExecutionFailed"]


def test_stopping_ends_waits_and_hanging_tasks_at_once(tmp_path: Path) -> None:
    with Environment(tmp_path, ScaledClock(1.0)) as env:
        hang, reached = threading.Event(), threading.Event()

        def perform(*_: object) -> bool:
            reached.set()
            return hang.wait(20)

        env.engine.perform = perform
        arn = env.create(machine({"A": task(Arguments=_CALL)}))
        execution = env.sfn.start_execution(stateMachineArn=arn)["executionArn"]
        assert reached.wait(5)
        env.sfn.stop_execution(executionArn=execution)
        assert env.wait(execution)["status"] == "ABORTED"
        hang.set()


def test_closing_the_cloud_ends_running_executions(tmp_path: Path) -> None:
    with Environment(tmp_path, ScaledClock(1.0)) as env:
        arn = env.create(machine({"W": {"Type": "Wait", "Seconds": 600, "End": True}}))
        execution = env.sfn.start_execution(stateMachineArn=arn)["executionArn"]
        stored = env.engine.store.executions[execution]
    assert stored.finished.wait(5)
    assert stored.status == "ABORTED"


class FailingObserver:
    """Fails the state B before it runs, and keeps the outputs of states."""

    def __init__(self) -> None:
        self.outputs: list[Any] = []

    def before_state(self, _: Execution, state: str, _data: Any) -> None:
        if state == "B":
            raise StateError("Broken", "by the test")

    def after_state(self, _: Execution, state: str, output: Any) -> None:
        self.outputs.append((state, output))


def test_observers_see_states_and_can_make_them_fail(env: Environment) -> None:
    observer = FailingObserver()
    env.engine.observers.append(observer)
    states = {"A": {"Type": "Pass", "Output": 1, "Next": "B"}, "B": {"Type": "Pass", "End": True}}
    execution = env.run(machine(states))
    assert (execution["status"], execution["error"]) == ("FAILED", "Broken")
    assert observer.outputs == [("A", 1)]


def test_an_error_of_the_interpreter_is_a_runtime_error(env: Environment) -> None:
    def perform(*_: object) -> None:
        raise ZeroDivisionError("ours")

    env.engine.perform = perform
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "B"}]
    states = {"A": task(Arguments=_CALL, Catch=catch), "B": {"Type": "Pass", "End": True}}
    execution = env.run(machine(states))
    assert (execution["status"], execution["error"]) == ("FAILED", "States.Runtime")
    assert execution["cause"].startswith("local cloud: ZeroDivisionError")
