"""Time: what is scaled, what is not, and what a wait holds up."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from localcloud.clock import ScaledClock
from localcloud.stepfunctions.errors import StateError
from localcloud.stepfunctions.execution import Execution
from tests.stepfunctions.cloud_under_test import Lab, machine, task

_CALL = {"FunctionName": "f"}


def test_a_task_that_takes_too_long(lab: Lab) -> None:
    hang = threading.Event()
    lab.engine.perform = lambda *_: hang.wait(20)
    catch = [{"ErrorEquals": ["States.Timeout"], "Next": "B"}]
    states = {
        "A": task(Arguments=_CALL, TimeoutSeconds=1, Catch=catch),
        "B": {"Type": "Pass", "End": True},
    }
    done = lab.run(machine(states))
    hang.set()
    assert (done["status"], done["output"]) == ("SUCCEEDED", '{"Error":"States.Timeout"}')
    events = lab.history(done["executionArn"])
    assert events[4]["type"] == "TaskTimedOut"
    assert events[4]["taskTimedOutEventDetails"]["error"] == "States.Timeout"


def test_the_machines_own_time_ends_a_task_that_hangs(tmp_path: Path) -> None:
    with Lab(tmp_path, ScaledClock(0.01)) as lab:
        hang = threading.Event()
        lab.engine.perform = lambda *_: hang.wait(20)
        done = lab.run(machine({"A": task(Arguments=_CALL)}, TimeoutSeconds=1))
        hang.set()
        assert done["status"] == "TIMED_OUT"


def test_waits_are_scaled_but_count_in_full_for_the_time_out(tmp_path: Path) -> None:
    with Lab(tmp_path, ScaledClock(0.001)) as lab:
        wait = {"Type": "Wait", "Seconds": 60}
        states = {"A": {**wait, "Next": "B"}, "B": {**wait, "End": True}}
        began = time.monotonic()
        assert lab.run(machine(states, TimeoutSeconds=121))["status"] == "SUCCEEDED"
        assert lab.run(machine(states, TimeoutSeconds=119))["status"] == "TIMED_OUT"
        assert time.monotonic() - began < 10


def test_a_wait_does_not_hold_up_others(tmp_path: Path) -> None:
    """60 executions that wait at the same time take about as long as one."""
    with Lab(tmp_path, ScaledClock(1.0)) as lab:
        arn = lab.create(machine({"W": {"Type": "Wait", "Seconds": 1, "End": True}}))
        began = time.monotonic()
        started = [lab.sfn.start_execution(stateMachineArn=arn) for _ in range(60)]
        for each in started:
            assert lab.wait(each["executionArn"])["status"] == "SUCCEEDED"
        assert time.monotonic() - began < 15


def test_a_branch_that_fails_ends_the_waits_of_the_others(tmp_path: Path) -> None:
    with Lab(tmp_path, ScaledClock(1.0)) as lab:
        lab.play({"A": {"error": "E"}})
        branches = [
            {"StartAt": "A", "States": {"A": task(Arguments=_CALL)}},
            {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 600, "End": True}}},
        ]
        states = {"P": {"Type": "Parallel", "Branches": branches, "End": True}}
        done = lab.run(machine(states))
        assert (done["status"], done["error"]) == ("FAILED", "E")
        types = [event["type"] for event in lab.history(done["executionArn"])]
        assert types[-3:] == ["WaitStateAborted", "ParallelStateFailed", "ExecutionFailed"]


def test_stopping_ends_waits_and_hanging_tasks_at_once(tmp_path: Path) -> None:
    with Lab(tmp_path, ScaledClock(1.0)) as lab:
        hang, reached = threading.Event(), threading.Event()

        def perform(*_: object) -> bool:
            reached.set()
            return hang.wait(20)

        lab.engine.perform = perform
        arn = lab.create(machine({"A": task(Arguments=_CALL)}))
        execution = lab.sfn.start_execution(stateMachineArn=arn)["executionArn"]
        assert reached.wait(5)
        lab.sfn.stop_execution(executionArn=execution)
        assert lab.wait(execution)["status"] == "ABORTED"
        hang.set()


def test_closing_the_cloud_ends_what_runs(tmp_path: Path) -> None:
    with Lab(tmp_path, ScaledClock(1.0)) as lab:
        arn = lab.create(machine({"W": {"Type": "Wait", "Seconds": 600, "End": True}}))
        execution = lab.sfn.start_execution(stateMachineArn=arn)["executionArn"]
        held = lab.engine.store.executions[execution]
    assert held.finished.wait(5)
    assert held.status == "ABORTED"


class Breaking:
    """An observer that makes a state fail before it does anything, and looks at outputs."""

    def __init__(self) -> None:
        self.outputs: list[Any] = []

    def before_state(self, execution: Execution, state: str, data: Any) -> None:  # noqa: ARG002
        if state == "B":
            raise StateError("Broken", "by the test")

    def after_state(self, execution: Execution, state: str, output: Any) -> None:  # noqa: ARG002
        self.outputs.append((state, output))


def test_observers_see_states_and_can_make_them_fail(lab: Lab) -> None:
    observer = Breaking()
    lab.engine.observers.append(observer)
    states = {
        "A": {"Type": "Pass", "Output": 1, "Next": "B"},
        "B": {"Type": "Pass", "End": True},
    }
    done = lab.run(machine(states))
    assert (done["status"], done["error"]) == ("FAILED", "Broken")
    assert observer.outputs == [("A", 1)]


def test_a_defect_of_ours_looks_like_one(lab: Lab) -> None:
    def perform(*_: object) -> None:
        raise ZeroDivisionError("ours")

    lab.engine.perform = perform
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "B"}]
    states = {"A": task(Arguments=_CALL, Catch=catch), "B": {"Type": "Pass", "End": True}}
    done = lab.run(machine(states))
    assert (done["status"], done["error"]) == ("FAILED", "States.Runtime")
    assert done["cause"].startswith("local cloud: ZeroDivisionError")
