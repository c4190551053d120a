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


def test_defect_21_an_event_that_the_trigger_cannot_handle_waits_in_a_queue() -> None:
    (asynchronous,) = resources(BATCH, "AWS::Lambda::EventInvokeConfig").values()
    assert asynchronous["MaximumRetryAttempts"] == 2
    destination = asynchronous["DestinationConfig"]["OnFailure"]["Destination"]
    assert destination == {"Fn::GetAtt": ["TriggerFailures", "Arn"]}
    queue = resources(BATCH, "AWS::SQS::Queue")["TriggerFailures"]
    assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
