"""Events in CloudWatch Logs and the metrics of AWS/States."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.cloudwatch import cloudwatch_of
from localcloud.stepfunctions.logs import is_logged
from tests.stepfunctions.cloud_under_test import ACCOUNT, REGION, Lab, machine

_GROUP = "/aws/vendedlogs/states/m"
_STATES = machine({"A": {"Type": "Pass", "Output": {"x": 1}, "End": True}})
_FAIL = machine({"A": {"Type": "Fail", "Error": "E", "Cause": "C"}})


@pytest.fixture(autouse=True)
def _today(lab: Lab) -> None:
    """CloudWatch does not take what is older than two weeks."""
    lab.manual.time = datetime.now(UTC).timestamp()


def _logging(level: str, data: bool = True) -> dict[str, Any]:
    arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{_GROUP}:*"
    return {
        "level": level,
        "includeExecutionData": data,
        "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": arn}}],
    }


def _lines(lab: Lab) -> list[dict[str, Any]]:
    logs = lab.client("logs")
    found: list[dict[str, Any]] = []
    for stream in logs.describe_log_streams(logGroupName=_GROUP)["logStreams"]:
        events = logs.get_log_events(
            logGroupName=_GROUP, logStreamName=stream["logStreamName"], startFromHead=True
        )
        found.extend(json.loads(event["message"]) for event in events["events"])
    return sorted(found, key=lambda line: int(line["id"]))


@pytest.mark.parametrize("type_", ["STANDARD", "EXPRESS"])
def test_all_events_with_their_data(lab: Lab, type_: str) -> None:
    lab.client("logs").create_log_group(logGroupName=_GROUP)
    arn = lab.create(_STATES, type_, loggingConfiguration=_logging("ALL"))
    execution = lab.sfn.start_execution(stateMachineArn=arn, input='{"a":1}')["executionArn"]
    held = lab.engine.store.executions.get(execution)
    assert held is None or held.finished.wait(5)
    lines = _lines(lab)
    assert [line["type"] for line in lines] == [
        "ExecutionStarted",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]
    assert lines[2] == {
        "id": "3",
        "type": "PassStateExited",
        "details": {
            "name": "A",
            "output": '{"x":1}',
            "outputDetails": {"truncated": False},
        },
        "previous_event_id": "2",
        "event_timestamp": lines[2]["event_timestamp"],
        "execution_arn": execution,
        "redrive_count": "0",
    }


def test_events_without_data(lab: Lab) -> None:
    lab.client("logs").create_log_group(logGroupName=_GROUP)
    arn = lab.create(_STATES, "EXPRESS", loggingConfiguration=_logging("ALL", data=False))
    lab.sfn.start_sync_execution(stateMachineArn=arn)
    details = [line["details"] for line in _lines(lab)]
    assert details == [{"roleArn": lab.role_arn}, {"name": "A"}, {"name": "A"}, {}]


@pytest.mark.parametrize(
    ("level", "types"),
    [
        ("ERROR", ["FailStateEntered", "ExecutionFailed"]),
        ("FATAL", ["ExecutionFailed"]),
        ("OFF", []),
    ],
)
def test_levels(lab: Lab, level: str, types: list[str]) -> None:
    lab.client("logs").create_log_group(logGroupName=_GROUP)
    arn = lab.create(_FAIL, "EXPRESS", loggingConfiguration=_logging(level))
    lab.sfn.start_sync_execution(stateMachineArn=arn)
    assert [line["type"] for line in _lines(lab)] == types


def test_which_level_logs_what() -> None:
    assert not is_logged("TaskStateEntered", "ERROR")
    assert is_logged("TaskTimedOut", "ERROR")
    assert not is_logged("TaskFailed", "FATAL")
    assert is_logged("ExecutionTimedOut", "FATAL")


def test_an_execution_does_not_suffer_from_a_missing_log_group(lab: Lab) -> None:
    arn = lab.create(_STATES, "EXPRESS", loggingConfiguration=_logging("ALL"))
    assert lab.sfn.start_sync_execution(stateMachineArn=arn)["status"] == "SUCCEEDED"
    cloudwatch_of(lab.cloud).logs.flush()


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
def test_a_logging_configuration_that_is_wrong(lab: Lab, logging: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as caught:
        lab.create(_STATES, loggingConfiguration=logging)
    assert caught.value.response["Error"]["Code"] == "InvalidLoggingConfiguration"


def test_metrics(lab: Lab) -> None:
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
    arn = lab.create(machine({**wait, **choice}))
    for ok in (True, True, False):
        started = lab.sfn.start_execution(stateMachineArn=arn, input=json.dumps({"ok": ok}))
        lab.wait(started["executionArn"])
    found = {
        name: _statistics(lab, name, arn)
        for name in ("ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed")
    }
    assert found == {
        "ExecutionsStarted": 3,
        "ExecutionsSucceeded": 2,
        "ExecutionsFailed": 1,
    }
    assert _statistics(lab, "ExecutionTime", arn) == 6000


def _statistics(lab: Lab, name: str, machine_arn: str) -> float:
    now = lab.manual.time
    answer = lab.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/States",
        MetricName=name,
        Dimensions=[{"Name": "StateMachineArn", "Value": machine_arn}],
        StartTime=datetime.fromtimestamp(now - 3600, UTC),
        EndTime=datetime.fromtimestamp(now + 3600, UTC),
        Period=7200,
        Statistics=["Sum"],
    )
    return sum(float(point["Sum"]) for point in answer["Datapoints"])
