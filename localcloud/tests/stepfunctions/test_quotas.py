"""Quotas fail as they do on AWS, with the same error names."""

from __future__ import annotations

import json
import threading

from tests.stepfunctions.cloud_under_test import Lab, machine, task

_TOO_LONG = "{% $join($map([1..26300], function($x) {'0123456789'})) %}"


def test_the_output_of_a_state(lab: Lab) -> None:
    done = lab.run(machine({"A": {"Type": "Pass", "Output": _TOO_LONG, "End": True}}))
    assert (done["status"], done["error"]) == ("FAILED", "States.DataLimitExceeded")
    assert done["cause"] == (
        "The state/task 'A' returned a result with a size exceeding the maximum number of bytes "
        "service limit."
    )


def test_the_result_of_a_task_is_named_by_its_resource(lab: Lab) -> None:
    lab.play({"A": {"result": "x" * 262_143}})
    done = lab.run(machine({"A": task(Arguments={"FunctionName": "f"}, Output=1)}))
    assert done["error"] == "States.DataLimitExceeded"
    assert "The state/task 'lambda' returned" in done["cause"]


def test_exactly_256_kib_are_allowed_and_counted_as_utf_8(lab: Lab) -> None:
    for letter, fits in (("x" * 262_142, True), ("é" * 131_071, True), ("é" * 131_072, False)):
        lab.play({"A": {"result": letter}})
        done = lab.run(machine({"A": task(Arguments={"FunctionName": "f"})}))
        assert (done["status"] == "SUCCEEDED") is fits


def test_the_arguments_of_a_task(lab: Lab) -> None:
    arguments = {"FunctionName": "f", "Payload": _TOO_LONG}
    done = lab.run(machine({"A": task(Arguments=arguments)}))
    assert done["error"] == "States.DataLimitExceeded"


def test_the_results_of_a_map(lab: Lab) -> None:
    half = _TOO_LONG.replace("26300", "13200")
    inner = {"A": {"Type": "Pass", "Output": half, "End": True}}
    processor = {"StartAt": "A", "States": inner}
    states = {"M": {"Type": "Map", "Items": [1, 2, 3], "ItemProcessor": processor, "End": True}}
    done = lab.run(machine(states))
    assert done["error"] == "States.DataLimitExceeded"
    assert "'M'" in done["cause"]


def test_25_000_events(lab: Lab) -> None:
    states = {
        "A": {"Type": "Pass", "Next": "B"},
        "B": {"Type": "Pass", "Next": "A"},
    }
    done = lab.run(machine(states))
    assert (done["status"], done["error"]) == ("FAILED", "States.Runtime")
    cause = "The execution reached the maximum number of history events (25000)."
    assert done["cause"] == cause
    last = lab.sfn.get_execution_history(
        executionArn=done["executionArn"], reverseOrder=True, maxResults=1
    )
    (event,) = last["events"]
    assert (event["id"], event["type"]) == (25_000, "ExecutionFailed")


def test_25_000_events_are_not_caught(lab: Lab) -> None:
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
    done = lab.run(machine(states))
    assert (done["status"], done["error"]) == ("FAILED", "States.Runtime")
    express = lab.run(machine(states), type_="EXPRESS")
    assert express["status"] == "SUCCEEDED"
    assert len(json.loads(express["output"])) == 7000


def test_an_inline_map_runs_at_most_40_at_once(lab: Lab) -> None:
    lock, now, most = threading.Lock(), 0, 0
    full = threading.Event()

    def perform(*_: object) -> int:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
            if now >= 40:
                full.set()
        full.wait(5)
        with lock:
            now -= 1
        return 1

    lab.engine.perform = perform
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
    assert lab.run(machine(states))["status"] == "SUCCEEDED"
    assert most == 40
