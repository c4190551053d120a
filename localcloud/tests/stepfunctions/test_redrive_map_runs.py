"""RedriveExecution: the children of Distributed Maps. See test_redrive.py."""

from __future__ import annotations

import json
from typing import Any

from tests.stepfunctions.definitions import BUCKET, distributed_map, item_reader, machine
from tests.stepfunctions.environment import Environment
from tests.stepfunctions.redrives import (
    DAY,
    FAILED,
    calls,
    events_after_redrive,
    inputs,
    redrive,
    refusal,
    step,
)


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
