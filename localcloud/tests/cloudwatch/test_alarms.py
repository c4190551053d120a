"""Alarms change their state with the data, and act when they do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.events.delivery import Delivery
from localcloud.lambda_ import Lambda
from localcloud.settings import ACCOUNT_ID
from tests.cloudwatch.conftest import REGION, Watch
from tests.lambda_.conftest import zipped


def test_an_alarm_begins_without_data_rings_and_falls_silent(watch: Watch) -> None:
    topic = watch.topic()
    arn = watch.alarm(AlarmActions=[topic], OKActions=[topic], AlarmDescription="words")
    assert watch.state()["StateValue"] == "INSUFFICIENT_DATA"
    assert watch.state()["StateReason"] == "Unchecked: Initial alarm creation"
    watch.pass_minutes()
    assert watch.state()["StateValue"] == "OK"
    watch.put(2)
    watch.pass_minutes()
    state = watch.state()
    assert state["StateValue"] == "ALARM"
    assert state["StateReason"].endswith("was greater than or equal to the threshold (1.0).")
    data = json.loads(state["StateReasonData"])
    assert (data["recentDatapoints"], data["statistic"], data["period"]) == ([2.0], "Sum", 60)
    watch.pass_minutes(3)
    assert watch.state()["StateValue"] == "OK"
    assert watch.history() == [
        "Alarm updated from INSUFFICIENT_DATA to OK",
        "Alarm updated from OK to ALARM",
        "Alarm updated from ALARM to OK",
    ]
    _, ring, _ = watch.published(topic)
    assert ring["Subject"] == 'ALARM: "alarm" in US East (N. Virginia)'
    assert (ring["OldStateValue"], ring["NewStateValue"]) == ("OK", "ALARM")
    assert (ring["AlarmArn"], ring["AlarmDescription"]) == (arn, "words")
    assert ring["Trigger"]["Statistic"] == "SUM"
    assert watch.history("Action") == [f"Successfully executed action {topic}"] * 3


def test_a_longer_period_moves_with_each_minute(watch: Watch) -> None:
    watch.alarm(Period=300, Threshold=3)
    for _ in range(3):
        watch.put(1)
        watch.pass_minutes()
    assert watch.state()["StateValue"] == "ALARM"


def test_only_data_with_the_same_dimensions_and_unit_counts(watch: Watch) -> None:
    watch.alarm(Dimensions=[{"Name": "a", "Value": "1"}], Unit="Count")
    watch.put(5)
    watch.put(5, Dimensions=[{"Name": "a", "Value": "1"}])
    watch.pass_minutes()
    assert watch.state()["StateValue"] == "OK"
    watch.put(5, Dimensions=[{"Name": "a", "Value": "1"}], Unit="Count")
    watch.pass_minutes()
    assert watch.state()["StateValue"] == "ALARM"


def test_a_state_that_is_set_lasts_until_the_next_evaluation(watch: Watch) -> None:
    topic = watch.topic()
    watch.alarm(AlarmActions=[topic])
    watch.pass_minutes()
    watch.api.set_alarm_state(AlarmName="alarm", StateValue="ALARM", StateReason="drill")
    assert [item["NewStateReason"] for item in watch.published(topic)] == ["drill"]
    watch.pass_minutes()
    assert watch.state()["StateValue"] == "OK"


def test_an_alarm_whose_actions_are_not_enabled_changes_its_state_alone(watch: Watch) -> None:
    topic = watch.topic()
    watch.alarm(AlarmActions=[topic], ActionsEnabled=False)
    watch.api.set_alarm_state(AlarmName="alarm", StateValue="ALARM", StateReason="1")
    assert (watch.state()["StateValue"], watch.published(topic)) == ("ALARM", [])


def test_new_settings_keep_the_state_and_a_deleted_alarm_its_history(watch: Watch) -> None:
    watch.alarm()
    watch.pass_minutes()
    watch.alarm(Threshold=7)
    assert (watch.state()["StateValue"], watch.state()["Threshold"]) == ("OK", 7)
    watch.api.delete_alarms(AlarmNames=["alarm"])
    watch.pass_minutes()
    assert watch.api.describe_alarms()["MetricAlarms"] == []
    assert watch.history("ConfigurationUpdate") == [
        'Alarm "alarm" created',
        'Alarm "alarm" updated',
        'Alarm "alarm" deleted',
    ]


def test_a_topic_whose_policy_does_not_name_cloudwatch_hears_nothing(watch: Watch) -> None:
    """A policy of one's own replaces the default one, by which alarms may publish."""
    topic = watch.topic({"Effect": "Deny", "Principal": "*", "Action": "sns:Subscribe"})
    watch.alarm(AlarmActions=[topic])
    watch.api.set_alarm_state(AlarmName="alarm", StateValue="ALARM", StateReason="drill")
    assert watch.published(topic) == []
    (failure,) = watch.history("Action")
    assert "CloudWatch Alarms is not authorized to perform: SNS:Publish" in failure


def function(watch: Watch) -> str:
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    role = watch.client("iam").create_role(
        RoleName="r",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )
    logs = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
    watch.client("iam").put_role_policy(
        RoleName="r",
        PolicyName="logs",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [logs]}),
    )
    created = watch.client("lambda").create_function(
        FunctionName="f",
        Runtime="python3.13",
        Handler="app.handler",
        Role=role["Role"]["Arn"],
        Code={
            "ZipFile": zipped(
                {"app.py": "import json\ndef handler(event, _):\n    print(json.dumps(event))"}
            )
        },
    )
    return str(created["FunctionArn"])


def test_a_function_is_invoked_once_its_policy_lets_the_alarm_in(watch: Watch) -> None:
    arn = function(watch)
    alarm = watch.alarm(AlarmActions=[arn])
    ring = {"AlarmName": "alarm", "StateValue": "ALARM", "StateReason": "drill"}
    watch.api.set_alarm_state(**ring)
    watch.client("lambda").add_permission(
        FunctionName="f",
        StatementId="alarms",
        Action="lambda:InvokeFunction",
        Principal="lambda.alarms.cloudwatch.amazonaws.com",
        SourceArn=alarm,
    )
    watch.api.set_alarm_state(**ring | {"StateValue": "OK"})
    watch.api.set_alarm_state(**ring)
    assert watch.cloud.get(Lambda).queue.settled()
    refused, performed = watch.history("Action")
    assert "is not authorized to perform: lambda:InvokeFunction" in refused
    assert performed == f"Successfully executed action {arn}"
    printed = watch.client("logs").filter_log_events(logGroupName="/aws/lambda/f")["events"]
    (event,) = (json.loads(line["message"]) for line in printed if "alarmData" in line["message"])
    assert (event["source"], event["alarmArn"]) == ("aws.cloudwatch", alarm)
    assert event["alarmData"]["state"]["value"] == "ALARM"


def test_eventbridge_learns_of_each_change(watch: Watch) -> None:
    url = watch.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:q"
    allow = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": queue}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    watch.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    pattern = {"source": ["aws.cloudwatch"], "detail": {"state": {"value": ["ALARM"]}}}
    watch.client("events").put_rule(Name="r", EventPattern=json.dumps(pattern))
    watch.client("events").put_targets(Rule="r", Targets=[{"Id": "t", "Arn": queue}])
    arn = watch.alarm()
    watch.put(1)
    watch.pass_minutes()
    assert watch.cloud.get(Delivery).settled()
    (message,) = watch.client("sqs").receive_message(QueueUrl=url)["Messages"]
    event = json.loads(message["Body"])
    assert event["detail-type"] == "CloudWatch Alarm State Change"
    assert event["resources"] == [arn]
    assert event["detail"]["previousState"]["value"] == "INSUFFICIENT_DATA"
    metric = event["detail"]["configuration"]["metrics"][0]["metricStat"]
    assert metric["metric"] == {"namespace": "N", "name": "M", "dimensions": {}}


def test_an_alarm_on_a_queue_sees_how_many_messages_wait(watch: Watch) -> None:
    url = watch.client("sqs").create_queue(QueueName="dead")["QueueUrl"]
    watch.alarm(
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Dimensions=[{"Name": "QueueName", "Value": "dead"}],
        Statistic="Maximum",
    )
    watch.client("sqs").send_message(QueueUrl=url, MessageBody="letter")
    watch.pass_minutes()
    assert watch.state()["StateValue"] == "ALARM"
    watch.client("sqs").purge_queue(QueueUrl=url)
    watch.pass_minutes()
    assert watch.state()["StateValue"] == "OK"


def test_alarms_are_found_by_prefix_state_and_action_page_by_page(watch: Watch) -> None:
    topic = watch.topic()
    for name in ("a1", "a2", "b1"):
        watch.alarm(AlarmName=name, AlarmActions=[topic] if name == "b1" else [])
    watch.api.set_alarm_state(AlarmName="a2", StateValue="ALARM", StateReason="drill")

    def names(**query: Any) -> list[str]:
        pages = watch.api.get_paginator("describe_alarms").paginate(**query)
        return [alarm["AlarmName"] for page in pages for alarm in page["MetricAlarms"]]

    assert names(MaxRecords=1) == ["a1", "a2", "b1"]
    assert names(AlarmNamePrefix="a") == ["a1", "a2"]
    assert names(StateValue="ALARM") == ["a2"]
    assert names(ActionPrefix="arn:aws:sns") == ["b1"]
    assert names(AlarmTypes=["CompositeAlarm"]) == []


def test_tags_of_an_alarm_go_with_it(watch: Watch) -> None:
    arn = watch.alarm(Tags=[{"Key": "a", "Value": "1"}])
    watch.api.tag_resource(ResourceARN=arn, Tags=[{"Key": "b", "Value": "2"}])
    watch.api.untag_resource(ResourceARN=arn, TagKeys=["a"])
    tags = watch.api.list_tags_for_resource(ResourceARN=arn)["Tags"]
    assert tags == [{"Key": "b", "Value": "2"}]
    watch.api.delete_alarms(AlarmNames=["alarm"])
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        watch.api.list_tags_for_resource(ResourceARN=arn)
