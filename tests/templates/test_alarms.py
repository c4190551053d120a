"""Whatever goes wrong, somebody is told."""

from __future__ import annotations

import pytest

from tests.templates.loading import resources

BATCH = "templates/batch.yaml"
WATCHED = {
    ("AWS/States", "ExecutionsFailed"),
    ("AWS/States", "ExecutionsTimedOut"),
    ("AWS/States", "ExecutionsAborted"),
    ("AWS/Lambda", "Errors"),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
    ("AWS/ApiGateway", "5XXError"),
}


def test_failures_of_every_kind_are_watched() -> None:
    alarms = resources(BATCH, "AWS::CloudWatch::Alarm").values()
    assert {(alarm["Namespace"], alarm["MetricName"]) for alarm in alarms} == WATCHED


@pytest.mark.parametrize("name", sorted(resources(BATCH, "AWS::CloudWatch::Alarm")))
def test_an_alarm_tells_the_operators_and_says_what_it_means(name: str) -> None:
    alarm = resources(BATCH, "AWS::CloudWatch::Alarm")[name]
    assert alarm["AlarmActions"] == [{"Ref": "Operators"}]
    assert alarm["AlarmDescription"]
    assert alarm["TreatMissingData"] == "notBreaching"


def test_alarms_may_use_the_key_of_the_topic() -> None:
    key = resources(BATCH, "AWS::KMS::Key")["OperatorsKey"]
    services = [
        statement["Principal"].get("Service") for statement in key["KeyPolicy"]["Statement"]
    ]
    assert "cloudwatch.amazonaws.com" in services


def test_an_event_that_the_trigger_cannot_handle_waits_in_a_queue() -> None:
    (asynchronous,) = resources(BATCH, "AWS::Lambda::EventInvokeConfig").values()
    assert asynchronous["MaximumRetryAttempts"] == 2
    destination = asynchronous["DestinationConfig"]["OnFailure"]["Destination"]
    assert destination == {"Fn::GetAtt": ["TriggerFailures", "Arn"]}
    queue = resources(BATCH, "AWS::SQS::Queue")["TriggerFailures"]
    assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
