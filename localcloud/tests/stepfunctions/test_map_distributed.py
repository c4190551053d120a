"""Distributed Map: children, tolerated failures and map runs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.stepfunctions.definitions import distributed_map, failing_up_to, machine, task
from tests.stepfunctions.environment import ACCOUNT, REGION, Environment


@pytest.mark.parametrize("execution_type", ["STANDARD", "EXPRESS"])
def test_results_are_in_the_order_of_the_items(env: Environment, execution_type: str) -> None:
    assert env.output_of(distributed_map(execution_type=execution_type), [3, 1, 2]) == [3, 1, 2]


def test_the_members_of_an_object_are_items(env: Environment) -> None:
    members = [{"Key": "a", "Value": 1}, {"Key": "b", "Value": 2}]
    assert env.output_of(distributed_map(), {"a": 1, "b": 2}) == members


def test_a_map_without_items_has_no_results(env: Environment) -> None:
    assert env.output_of(distributed_map(), []) == []


def test_children_do_not_see_outer_variables(env: Environment) -> None:
    inner = {"A": {"Type": "Pass", "Output": "{% $exists($v) %}", "End": True}}
    states = {
        "S": {"Type": "Pass", "Assign": {"v": 9}, "Next": "M"},
        "M": distributed_map(inner, Items=[1]),
    }
    assert json.loads(env.run(machine(states))["output"]) == [False]


@pytest.mark.parametrize(
    ("failing", "tolerance", "status"),
    [
        (0, {}, "SUCCEEDED"),
        (1, {}, "FAILED"),
        (1, {"ToleratedFailureCount": 1}, "SUCCEEDED"),
        (2, {"ToleratedFailureCount": 1}, "FAILED"),
        (2, {"ToleratedFailurePercentage": 20}, "SUCCEEDED"),
        (3, {"ToleratedFailurePercentage": 20}, "FAILED"),
        (3, {"ToleratedFailurePercentage": "{% 15 * 2 %}"}, "SUCCEEDED"),
        (3, {"ToleratedFailurePercentage": 50, "ToleratedFailureCount": 2}, "FAILED"),
        (10, {"ToleratedFailurePercentage": 100}, "SUCCEEDED"),
    ],
)
def test_failures_are_tolerated_up_to_the_threshold(
    env: Environment, failing: int, tolerance: dict[str, Any], status: str
) -> None:
    state = distributed_map(failing_up_to(failing), MaxConcurrency=1, **tolerance)
    execution = env.run(machine({"M": state}), list(range(1, 11)))
    assert execution["status"] == status, execution
    (run,) = env.sfn.list_map_runs(executionArn=execution["executionArn"])["mapRuns"]
    described = env.sfn.describe_map_run(mapRunArn=run["mapRunArn"])
    assert described["status"] == status
    counts = described["itemCounts"]
    assert counts["total"] == 10
    if status == "SUCCEEDED":
        assert (counts["failed"], counts["succeeded"]) == (failing, 10 - failing)
        assert json.loads(execution["output"]) == list(range(failing + 1, 11))
    else:
        assert execution["error"] == "States.ExceedToleratedFailureThreshold"
        assert counts["pending"] == 10 - counts["failed"]
        types = env.event_types(execution["executionArn"])
        assert types[-3:] == ["MapRunFailed", "MapStateFailed", "ExecutionFailed"]


def test_the_map_run_counts_and_lists_its_children(env: Environment) -> None:
    state = distributed_map(Label="Here", MaxConcurrency=3)
    execution = env.run(machine({"M": state}), [1, 2, 3])
    name = execution["stateMachineArn"].rsplit(":", 1)[1]
    (run,) = env.sfn.list_map_runs(executionArn=execution["executionArn"])["mapRuns"]
    assert run["mapRunArn"].startswith(f"arn:aws:states:{REGION}:{ACCOUNT}:mapRun:{name}/Here:")
    assert run["stateMachineArn"] == f"{execution['stateMachineArn']}/Here"
    described = env.sfn.describe_map_run(mapRunArn=run["mapRunArn"])
    assert described["maxConcurrency"] == 3
    counts = described["itemCounts"], described["executionCounts"]
    assert [count["succeeded"] for count in counts] == [3, 3]
    children = env.sfn.list_executions(mapRunArn=run["mapRunArn"])["executions"]
    assert [child["itemCount"] for child in children] == [1, 1, 1]
    prefix = f"arn:aws:states:{REGION}:{ACCOUNT}:execution:{name}/Here:"
    for child in children:
        assert child["executionArn"].startswith(prefix)
        types = env.event_types(child["executionArn"])
        assert types[0] == "ExecutionStarted"
        assert types[-1] == "ExecutionSucceeded"
        described = env.sfn.describe_execution(executionArn=child["executionArn"])
        assert described["mapRunArn"] == run["mapRunArn"]
    types = env.event_types(execution["executionArn"])
    assert types == [
        "ExecutionStarted",
        "MapStateEntered",
        "MapStateStarted",
        "MapRunStarted",
        "MapRunSucceeded",
        "MapStateSucceeded",
        "MapStateExited",
        "ExecutionSucceeded",
    ]
    # They are not executions of the state machine itself.
    listed = env.sfn.list_executions(stateMachineArn=execution["stateMachineArn"])["executions"]
    assert [child["executionArn"] for child in listed] == [execution["executionArn"]]


def test_a_retry_of_the_map_is_a_new_map_run(env: Environment) -> None:
    env.script_tasks({"A": [{"error": "E"}, {"result": 1}]})
    retry = [{"ErrorEquals": ["States.ExceedToleratedFailureThreshold"], "MaxAttempts": 1}]
    state = distributed_map({"A": task(Arguments={"FunctionName": "f"})}, Items=[1], Retry=retry)
    execution = env.run(machine({"M": state}))
    assert execution["status"] == "SUCCEEDED"
    runs = env.sfn.list_map_runs(executionArn=execution["executionArn"])["mapRuns"]
    assert len(runs) == 2


def test_the_role_must_be_allowed_to_start_its_own_machine(env: Environment) -> None:
    env.allow("s3:*")
    execution = env.run(machine({"M": distributed_map(Items=[1])}))
    assert (execution["status"], execution["error"]) == ("FAILED", "States.Runtime")
    assert "is not authorized to perform: states:StartExecution" in execution["cause"]
    (run,) = env.sfn.list_map_runs(executionArn=execution["executionArn"])["mapRuns"]
    described = env.sfn.describe_map_run(mapRunArn=run["mapRunArn"])
    assert (described["status"], described["itemCounts"]["pending"]) == ("FAILED", 1)
    assert env.event_types(execution["executionArn"])[-4:] == [
        "MapRunStarted",
        "MapRunFailed",
        "MapStateFailed",
        "ExecutionFailed",
    ]


def test_the_time_out_of_the_machine_ends_the_children_too(env: Environment) -> None:
    inner = {"W": {"Type": "Wait", "Seconds": 100, "End": True}}
    state = distributed_map(inner, Items=[1, 2], MaxConcurrency=1)
    execution = env.run(machine({"M": state}, TimeoutSeconds=10))
    assert execution["status"] == "TIMED_OUT"
    (run,) = env.sfn.list_map_runs(executionArn=execution["executionArn"])["mapRuns"]
    described = env.sfn.describe_map_run(mapRunArn=run["mapRunArn"])
    assert described["status"] == "ABORTED"
    assert described["executionCounts"]["aborted"] == 2
