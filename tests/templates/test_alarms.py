"""Alarms and queues: operators learn of every kind of failure."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.alarm_causes import CAUSES
from tests.templates.loading import application_resources, resources

BATCH = "templates/batch.yaml"
WATCHED = {
    ("AWS/States", "ExecutionsFailed"),
    ("AWS/States", "ExecutionsTimedOut"),
    ("AWS/States", "ExecutionsAborted"),
    ("AWS/Lambda", "Errors"),
    ("AWS/Lambda", "Throttles"),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
    ("AWS/ApiGateway", "5xx"),
    ("AWS/S3", "ReplicationLatency"),
    ("MultiRegionBatch${Env}", "FilesNotReconciled"),
    ("MultiRegionBatch${Env}", "FilesOverdue"),
    ("MultiRegionBatch${Env}", "ActiveRegionUnclear"),
    ("AWS/S3", "OperationsFailedReplication"),
}
ALARMS = application_resources("AWS::CloudWatch::Alarm")


def test_defect_21_failures_of_every_kind_have_an_alarm() -> None:
    watched = {(_plain(alarm["Namespace"]), alarm["MetricName"]) for alarm in ALARMS.values()}
    assert watched == WATCHED


@pytest.mark.parametrize("function", ["Trigger", "Failover", "Reconciler", "Watcher", "Readiness"])
def test_defect_21_a_function_that_no_state_machine_calls_has_an_alarm_of_its_own(
    function: str,
) -> None:
    assert {"Ref": function} in _dimensions()


def test_every_alarm_is_made_to_ring() -> None:
    """tests/e2e/test_when_alarms_ring.py brings about each one's trouble in the deployed system."""
    names = {_plain(alarm["AlarmName"]) for alarm in ALARMS.values()}
    assert names == {f"batch-{name}${{Env}}" for name in CAUSES}


def _dimensions() -> list[Any]:
    """Return the first dimension of every alarm that has one."""
    alarms = [alarm for alarm in ALARMS.values() if "Dimensions" in alarm]
    return [alarm["Dimensions"][0]["Value"] for alarm in alarms]


def _plain(value: Any) -> str:
    return value["Fn::Sub"] if isinstance(value, dict) else str(value)


@pytest.mark.parametrize("name", sorted(ALARMS))
def test_an_alarm_notifies_the_operators_and_has_a_description(name: str) -> None:
    alarm = ALARMS[name]
    assert alarm["AlarmActions"] in ([{"Ref": "Operators"}], [{"Ref": "OperatorsTopicArn"}])
    assert alarm["AlarmDescription"]
    assert alarm["TreatMissingData"] == "notBreaching"


def test_alarms_may_use_the_key_of_the_topic() -> None:
    key = resources(BATCH, "AWS::KMS::Key")["OperatorsKey"]
    services = [
        statement["Principal"].get("Service") for statement in key["KeyPolicy"]["Statement"]
    ]
    assert "cloudwatch.amazonaws.com" in services


@pytest.mark.parametrize(
    ("function", "queue"),
    [("Trigger", "TriggerFailures"), ("Emailer", "EmailerFailures")],
)
def test_defect_21_an_event_that_cannot_be_handled_waits_in_a_queue_with_an_alarm(
    function: str, queue: str
) -> None:
    (config,) = [
        config
        for config in resources(BATCH, "AWS::Lambda::EventInvokeConfig").values()
        if config["FunctionName"] == {"Ref": function}
    ]
    assert config["MaximumRetryAttempts"] == 2
    destination = config["DestinationConfig"]["OnFailure"]["Destination"]
    assert destination == {"Fn::GetAtt": [queue, "Arn"]}
    assert resources(BATCH, "AWS::SQS::Queue")[queue]["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert {"Fn::GetAtt": [queue, "QueueName"]} in _dimensions()


def test_defect_18_a_rule_reports_ends_that_a_run_cannot_record_itself() -> None:
    """States.ALL does not catch States.Runtime, a timeout of the whole run, or a stop."""
    (rule,) = resources(BATCH, "AWS::Events::Rule").values()
    assert rule["EventPattern"] == {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {
            "status": ["FAILED", "TIMED_OUT", "ABORTED"],
            "stateMachineArn": [{"Ref": "MainOrchestrator"}],
        },
    }
    (target,) = rule["Targets"]
    assert target["Arn"] == {"Fn::GetAtt": ["Emailer", "Arn"]}
    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["EmailerFailures", "Arn"]}}


def test_an_event_that_cannot_be_delivered_may_wait_in_the_same_queue() -> None:
    policy = resources(BATCH, "AWS::SQS::QueuePolicy")["EmailerFailuresPolicy"]
    assert policy["Queues"] == [{"Ref": "EmailerFailures"}]
    (allow,) = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
    assert allow["Principal"] == {"Service": "events.amazonaws.com"}
    assert allow["Action"] == "sqs:SendMessage"
    from_rule = {"aws:SourceArn": {"Fn::GetAtt": ["RunsEndedBadly", "Arn"]}}
    assert allow["Condition"] == {"ArnEquals": from_rule}
