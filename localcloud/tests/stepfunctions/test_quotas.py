"""Exceeded quotas fail with the error names of AWS."""

from __future__ import annotations

import json
import threading

from tests.stepfunctions.definitions import machine, task
from tests.stepfunctions.environment import Environment

_TOO_LONG = "{% $join($map([1..26300], function($x) {'0123456789'})) %}"


def test_the_output_of_a_state_is_limited(env: Environment) -> None:
    execution = env.run(machine({"A": {"Type": "Pass", "Output": _TOO_LONG, "End": True}}))
    assert (execution["status"], execution["error"]) == ("FAILED", "States.DataLimitExceeded")
    assert execution["cause"] == (
        "The state/task 'A' returned a result with a size exceeding the maximum number of bytes "
        "service limit."
    )


def test_a_too_large_result_of_a_task_is_named_by_its_resource(env: Environment) -> None:
    env.script_tasks({"A": {"result": "x" * 262_143}})
    execution = env.run(machine({"A": task(Arguments={"FunctionName": "f"}, Output=1)}))
    assert execution["error"] == "States.DataLimitExceeded"
    assert "The state/task 'lambda' returned" in execution["cause"]


def test_exactly_256_kib_are_allowed_and_counted_as_utf_8(env: Environment) -> None:
    for letter, fits in (("x" * 262_142, True), ("é" * 131_071, True), ("é" * 131_072, False)):
        env.script_tasks({"A": {"result": letter}})
        execution = env.run(machine({"A": task(Arguments={"FunctionName": "f"})}))
        assert (execution["status"] == "SUCCEEDED") is fits


def test_the_arguments_of_a_task_are_limited(env: Environment) -> None:
    arguments = {"FunctionName": "f", "Payload": _TOO_LONG}
    execution = env.run(machine({"A": task(Arguments=arguments)}))
    assert execution["error"] == "States.DataLimitExceeded"


def test_the_results_of_a_map_are_limited(env: Environment) -> None:
    half = _TOO_LONG.replace("26300", "13200")
    inner = {"A": {"Type": "Pass", "Output": half, "End": True}}
    processor = {"StartAt": "A", "States": inner}
    states = {"M": {"Type": "Map", "Items": [1, 2, 3], "ItemProcessor": processor, "End": True}}
    execution = env.run(machine(states))
    assert execution["error"] == "States.DataLimitExceeded"
    assert "'M'" in execution["cause"]


def test_an_execution_fails_after_25_000_events(env: Environment) -> None:
    choice = {"Condition": "{% false %}", "Next": "End"}
    states = {
        "A": {"Type": "Pass", "Next": "B"},
        "B": {"Type": "Choice", "Choices": [choice], "Default": "A"},
        "End": {"Type": "Succeed"},
    }
    execution = env.run(machine(states))
    assert (execution["status"], execution["error"]) == ("FAILED", "States.Runtime")
    cause = "The execution reached the maximum number of history events (25000)."
    assert execution["cause"] == cause
    assert execution["redriveStatusReason"] == "Execution history event limit exceeded"
    last = env.sfn.get_execution_history(
        executionArn=execution["executionArn"], reverseOrder=True, maxResults=1
    )
    (event,) = last["events"]
    assert (event["id"], event["type"]) == (25_000, "ExecutionFailed")


def test_the_limit_of_events_is_not_caught_and_express_has_none(env: Environment) -> None:
    item = {"Type": "Pass", "End": True}
    states = {
        "M": {
            "Type": "Map",
            "Items": "{% [1..7000] %}",
            "ItemProcessor": {"StartAt": "A", "States": {"A": item}},
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}],
            "End": True,
        },
        "C": {"Type": "Pass", "End": True},
    }
    execution = env.run(machine(states))
    assert (execution["status"], execution["error"]) == ("FAILED", "States.Runtime")
    express = env.run(machine(states), type_="EXPRESS")
    assert express["status"] == "SUCCEEDED"
    assert len(json.loads(express["output"])) == 7000


def test_an_inline_map_runs_at_most_40_at_once(env: Environment) -> None:
    lock, running, highest = threading.Lock(), 0, 0
    full = threading.Event()

    def perform(*_: object) -> int:
        nonlocal running, highest
        with lock:
            running += 1
            highest = max(highest, running)
            if running >= 40:
                full.set()
        full.wait(5)
        with lock:
            running -= 1
        return 1

    env.engine.perform = perform
    processor = {"StartAt": "A", "States": {"A": task(Arguments={"FunctionName": "f"})}}
    states = {
        "M": {
            "Type": "Map",
            "Items": "{% [1..100] %}",
            "MaxConcurrency": 1000,
            "ItemProcessor": processor,
            "End": True,
        }
    }
    assert env.run(machine(states))["status"] == "SUCCEEDED"
    assert highest == 40
