"""Whatever goes wrong, somebody is told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.templates.loading import application, resources

BATCH = "templates/batch.yaml"
WATCHED = {
    ("AWS/States", "ExecutionsFailed"),
    ("AWS/States", "ExecutionsTimedOut"),
    ("AWS/States", "ExecutionsAborted"),
    ("AWS/Lambda", "Errors"),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
    ("AWS/ApiGateway", "5XXError"),
    ("AWS/S3", "ReplicationLatency"),
    ("MultiRegionBatch${Env}", "FilesNotReconciled"),
}
ALARMS = application("AWS::CloudWatch::Alarm")


def test_defect_21_failures_of_every_kind_are_watched() -> None:
    watched = {(_plain(alarm["Namespace"]), alarm["MetricName"]) for alarm in ALARMS.values()}
    assert watched == WATCHED


@pytest.mark.parametrize("function", ["Trigger", "Failover", "Reconciler"])
def test_defect_21_what_no_state_machine_watches_has_an_alarm_of_its_own(function: str) -> None:
    watched = [one["Dimensions"][0]["Value"] for one in ALARMS.values() if "Dimensions" in one]
    assert {"Ref": function} in watched


def _plain(value: Any) -> str:
    return value["Fn::Sub"] if isinstance(value, dict) else str(value)


@pytest.mark.parametrize("name", sorted(ALARMS))
def test_an_alarm_tells_the_operators_and_says_what_it_means(name: str) -> None:
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
def test_defect_21_an_event_that_cannot_be_handled_waits_in_a_queue_and_rings(
    function: str, queue: str
) -> None:
    (asynchronous,) = [
        one
        for one in resources(BATCH, "AWS::Lambda::EventInvokeConfig").values()
        if one["FunctionName"] == {"Ref": function}
    ]
    assert asynchronous["MaximumRetryAttempts"] == 2
    destination = asynchronous["DestinationConfig"]["OnFailure"]["Destination"]
    assert destination == {"Fn::GetAtt": [queue, "Arn"]}
    assert resources(BATCH, "AWS::SQS::Queue")[queue]["MessageRetentionPeriod"] == 14 * 24 * 3600
    watched = [one["Dimensions"][0]["Value"] for one in ALARMS.values() if "Dimensions" in one]
    assert {"Fn::GetAtt": [queue, "QueueName"]} in watched


def test_defect_18_what_a_run_cannot_record_itself_is_told_by_a_rule() -> None:
    """States.ALL catches no States.Runtime, no time-out of the whole run and no stop."""
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
    (allowed,) = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "events.amazonaws.com"}
    assert allowed["Action"] == "sqs:SendMessage"
    from_rule = {"aws:SourceArn": {"Fn::GetAtt": ["RunsEndedBadly", "Arn"]}}
    assert allowed["Condition"] == {"ArnEquals": from_rule}
