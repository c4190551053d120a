"""The door: what is in the cloud, and what is on its way between its Regions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localcloud.s3.notifications import PROPAGATION_SECONDS
from localcloud.testing import LocalCloud, S3Event
from tests.testing.conftest import ACCOUNT, EAST, WEST, Lab


def global_table(lab: Lab) -> str:
    dynamodb, name = lab.client("dynamodb"), f"table-{next(lab.numbers)}"
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    replica = [{"Create": {"RegionName": WEST}}]
    dynamodb.update_table(TableName=name, ReplicaUpdates=replica)
    return name


def test_a_table_is_read_in_each_region_while_its_replication_pauses(lab: Lab) -> None:
    cloud, table = lab.cloud, global_table(lab)
    cloud.items.pause(table, source=EAST)
    lab.client("dynamodb").put_item(TableName=table, Item={"id": {"S": "a"}, "n": {"N": "1"}})
    assert cloud.table_items(table, EAST) == [{"id": "a", "n": 1}]
    assert cloud.table_items(table, WEST) == []
    assert cloud.items.pending(table) == 1
    cloud.items.set_lag(0.1)
    cloud.items.resume(table, source=EAST)
    assert cloud.settle(10)
    assert cloud.table_items(table, WEST) == cloud.table_items(table, EAST)


def test_a_table_that_does_not_exist_cannot_be_read(cloud: LocalCloud) -> None:
    with pytest.raises(KeyError, match="us-west-2 has no table nowhere"):
        cloud.table_items("nowhere", WEST)


def test_objects_wait_while_their_replication_pauses(lab: Lab) -> None:
    source, target = lab.bucket(EAST), lab.bucket(WEST)
    rule = {
        "Status": "Enabled",
        "Priority": 1,
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::{target}"},
    }
    lab.client("s3").put_bucket_replication(
        Bucket=source,
        ReplicationConfiguration={"Role": lab.role("s3.amazonaws.com"), "Rules": [rule]},
    )
    lab.cloud.objects.pause(target=WEST)
    lab.client("s3").put_object(Bucket=source, Key="k", Body=b"1")
    assert lab.cloud.objects.pending(source) == 1
    lab.cloud.objects.resume(target=WEST)
    assert lab.cloud.settle(10)
    assert lab.client("s3", WEST).get_object(Bucket=target, Key="k")["Body"].read() == b"1"


def test_an_event_of_s3_is_delivered_when_and_as_often_as_the_test_wants(lab: Lab) -> None:
    bucket, function = lab.bucket(), lab.function()
    arn = f"arn:aws:lambda:{EAST}:{ACCOUNT}:function:{function}"
    lab.client("lambda").add_permission(
        FunctionName=function,
        StatementId="s3",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
    )
    events: list[S3Event] = []
    runs: list[str] = []
    with (
        lab.cloud.s3_events.intercept(events.append),
        lab.cloud.functions.observe(lambda run: runs.append(run.function), lambda _: None),
    ):
        target: Any = {"LambdaFunctionArn": arn, "Events": ["s3:ObjectCreated:*"]}
        lab.client("s3").put_bucket_notification_configuration(
            Bucket=bucket, NotificationConfiguration={"LambdaFunctionConfigurations": [target]}
        )
        lab.cloud.sleep(PROPAGATION_SECONDS)
        upload = lab.client("s3").put_object(Bucket=bucket, Key="a+b c", Body=b"1")
        assert lab.cloud.settle(10)
        (event,) = events
        assert (event.key, event.version_id) == ("a+b c", upload["VersionId"])
        assert event.region == EAST
        assert runs == []
        event.deliver()
        event.deliver()
        assert lab.cloud.settle(10)
        assert runs == [function] * 2


def test_mails_and_messages_that_were_published_are_there(lab: Lab) -> None:
    lab.client("sesv2").send_email(
        FromEmailAddress="a@example.com",
        Destination={"ToAddresses": ["a@example.com"]},
        Content={"Simple": {"Subject": {"Data": "hello"}, "Body": {"Text": {"Data": "body"}}}},
    )
    assert [mail["subject"] for mail in lab.cloud.mails()] == ["hello"]
    topic = lab.client("sns", WEST).create_topic(Name="topic")["TopicArn"]
    lab.client("sns", WEST).publish(TopicArn=topic, Message="news")
    assert lab.cloud.published_messages(topic) == ["news"]


def test_a_stack_is_shown_with_its_resources_and_events(lab: Lab) -> None:
    body = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})
    lab.client("cloudformation").create_stack(StackName="stack", TemplateBody=body)
    lab.client("cloudformation").get_waiter("stack_create_complete").wait(StackName="stack")
    (stack,) = lab.cloud.stacks(EAST)
    assert (stack.name, stack.status, stack.root_id) == ("stack", "CREATE_COMPLETE", None)
    (queue,) = stack.resources
    assert (queue.logical_id, queue.type) == ("Queue", "AWS::SQS::Queue")
    assert queue.physical_id in lab.client("sqs").list_queues()["QueueUrls"]
    assert stack.events[-1]["ResourceStatus"] == "CREATE_COMPLETE"
    assert lab.cloud.stacks(WEST) == []


def test_the_nearest_region_and_the_time_scale_can_be_set(cloud: LocalCloud) -> None:
    cloud.nearest_region = WEST
    assert cloud.nearest_region == WEST
    cloud.nearest_region = None
    scale = cloud.time_scale
    cloud.time_scale = 0.0
    cloud.sleep(1_000_000)
    cloud.time_scale = scale
