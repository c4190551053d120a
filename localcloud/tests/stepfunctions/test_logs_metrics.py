"""Events in CloudWatch Logs and the metrics of AWS/States."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.cloudwatch import cloudwatch_of
from localcloud.stepfunctions import history
from localcloud.stepfunctions.history import HistoryEvent, is_logged
from tests.stepfunctions.definitions import machine
from tests.stepfunctions.environment import ACCOUNT, REGION, Environment

_GROUP = "/aws/vendedlogs/states/m"
_STATES = machine({"A": {"Type": "Pass", "Output": {"x": 1}, "End": True}})
_FAIL = machine({"A": {"Type": "Fail", "Error": "E", "Cause": "C"}})


@pytest.fixture(autouse=True)
def _current_time(env: Environment) -> None:
    """CloudWatch refuses data that is older than two weeks."""
    env.clock.time = datetime.now(UTC).timestamp()


def _logging(level: str, data: bool = True) -> dict[str, Any]:
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{_GROUP}:*"
    return {
        "level": level,
        "includeExecutionData": data,
        "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": arn}}],
    }


def _lines(env: Environment) -> list[dict[str, Any]]:
    logs = env.client("logs")
    lines: list[dict[str, Any]] = []
    for stream in logs.describe_log_streams(logGroupName=_GROUP)["logStreams"]:
        events = logs.get_log_events(
            logGroupName=_GROUP, logStreamName=stream["logStreamName"], startFromHead=True
        )
        lines.extend(json.loads(event["message"]) for event in events["events"])
    return sorted(lines, key=lambda line: int(line["id"]))


@pytest.mark.parametrize("type_", ["STANDARD", "EXPRESS"])
def test_level_all_logs_all_events_with_their_data(env: Environment, type_: str) -> None:
    env.client("logs").create_log_group(logGroupName=_GROUP)
    arn = env.create(_STATES, type_, loggingConfiguration=_logging("ALL"))
    execution = env.sfn.start_execution(stateMachineArn=arn, input='{"a":1}')["executionArn"]
    stored = env.engine.store.executions.get(execution)
    assert stored is None or stored.finished.wait(5)
    lines = _lines(env)
    assert [line["type"] for line in lines] == [
        "ExecutionStarted",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]
    assert lines[2] == {
        "id": "3",
        "type": "PassStateExited",
        "details": {"name": "A", "output": '{"x":1}', "outputDetails": {"truncated": False}},
        "previous_event_id": "2",
        "event_timestamp": lines[2]["event_timestamp"],
        "execution_arn": execution,
        "redrive_count": "0",
    }


def test_events_are_logged_without_data(env: Environment) -> None:
    env.client("logs").create_log_group(logGroupName=_GROUP)
    arn = env.create(_STATES, "EXPRESS", loggingConfiguration=_logging("ALL", data=False))
    env.sfn.start_sync_execution(stateMachineArn=arn)
    details = [line["details"] for line in _lines(env)]
    assert details == [{"roleArn": env.role_arn}, {"name": "A"}, {"name": "A"}, {}]


@pytest.mark.parametrize(
    ("level", "types"),
    [
        ("ERROR", ["FailStateEntered", "ExecutionFailed"]),
        ("FATAL", ["ExecutionFailed"]),
        ("OFF", []),
    ],
)
def test_level_limits_the_events_that_are_logged(
    env: Environment, level: str, types: list[str]
) -> None:
    env.client("logs").create_log_group(logGroupName=_GROUP)
    arn = env.create(_FAIL, "EXPRESS", loggingConfiguration=_logging(level))
    env.sfn.start_sync_execution(stateMachineArn=arn)
    assert [line["type"] for line in _lines(env)] == types


def test_events_that_nobody_sees_are_not_made(
    env: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def make(number: int, previous_id: int, time: float, type_: str, *rest: Any) -> Any:
        made.append(type_)
        return HistoryEvent(number, previous_id, time, type_, *rest)

    monkeypatch.setattr(history, "HistoryEvent", make)
    env.client("logs").create_log_group(logGroupName=_GROUP)
    arn = env.create(_FAIL, "EXPRESS", loggingConfiguration=_logging("ERROR"))
    env.sfn.start_sync_execution(stateMachineArn=arn)
    assert made == ["FailStateEntered", "ExecutionFailed"]


def test_each_level_logs_its_event_types() -> None:
    assert not is_logged("TaskStateEntered", "ERROR")
    assert is_logged("TaskTimedOut", "ERROR")
    assert not is_logged("TaskFailed", "FATAL")
    assert is_logged("ExecutionTimedOut", "FATAL")


def test_an_execution_succeeds_without_its_log_group(env: Environment) -> None:
    logs = env.client("logs")
    logs.create_log_group(logGroupName=_GROUP)
    arn = env.create(_STATES, "EXPRESS", loggingConfiguration=_logging("ALL"))
    logs.delete_log_group(logGroupName=_GROUP)
    assert env.sfn.start_sync_execution(stateMachineArn=arn)["status"] == "SUCCEEDED"
    cloudwatch_of(env.cloud).logs.flush()


@pytest.mark.parametrize(
    "logging",
    [
        {"level": "ALL"},
        {
            "level": "ALL",
            "destinations": [
                {"cloudWatchLogsLogGroup": {"logGroupArn": "arn:aws:logs:r:1:log-group:g"}}
            ],
        },
    ],
)
def test_an_invalid_logging_configuration_is_refused(
    env: Environment, logging: dict[str, Any]
) -> None:
    with pytest.raises(ClientError) as caught:
        env.create(_STATES, loggingConfiguration=logging)
    assert caught.value.response["Error"]["Code"] == "InvalidLoggingConfiguration"


def test_executions_are_counted_by_status_and_timed(env: Environment) -> None:
    wait = {"W": {"Type": "Wait", "Seconds": 2, "Next": "C"}}
    choice = {
        "C": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $states.input.ok %}", "Next": "S"}],
            "Default": "F",
        },
        "S": {"Type": "Succeed"},
        "F": {"Type": "Fail"},
    }
    arn = env.create(machine({**wait, **choice}))
    for ok in (True, True, False):
        started = env.sfn.start_execution(stateMachineArn=arn, input=json.dumps({"ok": ok}))
        env.wait(started["executionArn"])
    sums = {
        name: _statistics(env, name, arn)
        for name in ("ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed")
    }
    assert sums == {"ExecutionsStarted": 3, "ExecutionsSucceeded": 2, "ExecutionsFailed": 1}
    assert _statistics(env, "ExecutionTime", arn) == 6000


def test_a_redrive_counts_beside_its_outcome_and_is_logged(env: Environment) -> None:
    """As recorded: redrive_execution.json of the sources of test_redrive.py."""
    env.client("logs").create_log_group(logGroupName=_GROUP)
    states = {"W": {"Type": "Wait", "Seconds": 2, "Next": "F"}, "F": {"Type": "Fail"}}
    arn = env.create(machine(states), loggingConfiguration=_logging("ALL"))
    execution = env.sfn.start_execution(stateMachineArn=arn)["executionArn"]
    env.wait(execution)
    env.sfn.redrive_execution(executionArn=execution)
    env.wait(execution)
    sums = {
        "ExecutionsStarted": 1,
        "ExecutionsRedriven": 1,
        "ExecutionsFailed": 2,
        "RedrivenExecutionsFailed": 1,
        "ExecutionTime": 2000,
    }
    assert {name: _statistics(env, name, arn) for name in sums} == sums
    counts = [(line["type"], line["redrive_count"]) for line in _lines(env)]
    assert counts[-3:] == [
        ("ExecutionFailed", "0"),
        ("ExecutionRedriven", "1"),
        ("ExecutionFailed", "1"),
    ]


def _statistics(env: Environment, name: str, machine_arn: str) -> float:
    now = env.clock.time
    response = env.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/States",
        MetricName=name,
        Dimensions=[{"Name": "StateMachineArn", "Value": machine_arn}],
        StartTime=datetime.fromtimestamp(now - 3600, UTC),
        EndTime=datetime.fromtimestamp(now + 3600, UTC),
        Period=7200,
        Statistics=["Sum"],
    )
    return sum(float(point["Sum"]) for point in response["Datapoints"])
