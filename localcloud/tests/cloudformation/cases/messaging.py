"""SNS, SQS, SES, EventBridge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .base import ACCOUNT, TAGS, Case, names, statement

Client = Callable[[str], Any]
TOPIC: dict[str, Any] = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}}
QUEUE: dict[str, Any] = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q"}}
QUEUE_ARN: dict[str, Any] = {"Fn::GetAtt": "Queue.Arn"}
DEAD_LETTERS: dict[str, Any] = {"deadLetterTargetArn": QUEUE_ARN, "maxReceiveCount": 3}


def _topic(client: Client, arn: str) -> Any:
    sns = client("sns")
    told = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    subscriptions = sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    ends = sorted(item["Endpoint"] for item in subscriptions)
    shown = {key: value for key, value in told.items() if not key.startswith("Subscriptions")}
    return [shown, ends, sns.list_tags_for_resource(ResourceArn=arn)["Tags"]]


def _subscription(client: Client, arn: str) -> Any:
    told = client("sns").get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    defaults = {"FilterPolicyScope": "MessageAttributes", "RawMessageDelivery": "false"}
    return {**defaults, **{key: value for key, value in told.items() if value != "{}"}}


def _queue(client: Client, url: str) -> Any:
    sqs = client("sqs")
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    shown = {key: value for key, value in told.items() if "Timestamp" not in key}
    return [shown, sqs.list_queue_tags(QueueUrl=url).get("Tags", {})]


def _queue_policy(client: Client, _: str) -> Any:
    url = client("sqs").get_queue_url(QueueName="q")["QueueUrl"]
    asked = {"QueueUrl": url, "AttributeNames": ["Policy"]}
    return client("sqs").get_queue_attributes(**asked)["Attributes"]["Policy"]


def _topic_policy(client: Client, _: str) -> Any:
    arn = f"arn:aws:sns:us-east-1:{ACCOUNT}:t"
    return client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"]


def _rule(client: Client, name: str) -> Any:
    events = client("events")
    told = {k: v for k, v in events.describe_rule(Name=name).items() if k != "ResponseMetadata"}
    return [told, events.list_targets_by_rule(Rule=name)["Targets"]]


CASES = [
    Case(
        "AWS::SNS::Topic",
        {"TopicName": "x.fifo", "FifoTopic": True},
        {
            "DisplayName": "d",
            "ContentBasedDeduplication": True,
            "KmsMasterKeyId": "alias/aws/sns",
            "Subscription": [{"Protocol": "sqs", "Endpoint": QUEUE_ARN}],
            "Tags": TAGS,
        },
        _topic,
        f"arn:aws:sns:us-east-1:{ACCOUNT}:x.fifo",
        {"TopicName": "x.fifo"},
        {"Queue": QUEUE},
        passive=names("SignatureVersion TracingConfig"),  # moto does not show it
    ),
    Case(
        "AWS::SNS::Subscription",
        {"TopicArn": {"Ref": "Topic"}, "Protocol": "sqs", "Endpoint": QUEUE_ARN},
        {
            "FilterPolicy": {"a": ["b"]},
            "FilterPolicyScope": "MessageBody",
            "RawMessageDelivery": True,
            "RedrivePolicy": {"deadLetterTargetArn": QUEUE_ARN},
            "DeliveryPolicy": {"healthyRetryPolicy": {"numRetries": 5}},
        },
        _subscription,
        f"arn:aws:sns:us-east-1:{ACCOUNT}:t:.+",
        needs={"Topic": TOPIC, "Queue": QUEUE},
    ),
    Case(
        "AWS::SNS::TopicPolicy",
        {"Topics": [{"Ref": "Topic"}], "PolicyDocument": statement("sns:Publish")},
        {"PolicyDocument": statement("sns:Subscribe"), "Topics": [{"Ref": "Other"}]},
        _topic_policy,
        "app-It-.+",
        needs={"Topic": TOPIC, "Other": {"Type": "AWS::SNS::Topic"}},
    ),
    Case(
        "AWS::SQS::Queue",
        {"QueueName": "x.fifo", "FifoQueue": True},
        {
            "VisibilityTimeout": 5,
            "ContentBasedDeduplication": True,
            "DeduplicationScope": "messageGroup",
            "DelaySeconds": 3,
            "FifoThroughputLimit": "perMessageGroupId",
            "KmsMasterKeyId": "alias/aws/sqs",
            "MaximumMessageSize": 2048,
            "MessageRetentionPeriod": 600,
            "ReceiveMessageWaitTimeSeconds": 4,
            "RedrivePolicy": DEAD_LETTERS,
            "SqsManagedSseEnabled": False,
            "Tags": TAGS,
        },
        _queue,
        f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/x.fifo",
        {"Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:x.fifo", "QueueName": "x.fifo"},
        {
            "Queue": {
                "Type": "AWS::SQS::Queue",
                "Properties": {"QueueName": "q.fifo", "FifoQueue": True},
            }
        },
        # Nothing without a key; not shown by moto.
        passive=names("KmsDataKeyReusePeriodSeconds RedriveAllowPolicy"),
    ),
    Case(
        "AWS::SQS::QueuePolicy",
        {
            "Queues": [{"Ref": "Queue"}],
            "PolicyDocument": statement("sqs:ReceiveMessage", Resource=QUEUE_ARN),
        },
        {"PolicyDocument": statement("sqs:SendMessage", Resource=QUEUE_ARN)},
        _queue_policy,
        "app-It-.+",
        needs={"Queue": QUEUE},
        passive=names("Queues"),
    ),
    Case(
        "AWS::SES::EmailIdentity",
        {"EmailIdentity": "a@example.com"},
        {},
        lambda client, name: client("sesv2").get_email_identity(EmailIdentity=name),
        "a@example.com",
        refused=names("Tags"),
    ),
    Case(
        "AWS::Events::Rule",
        {"Name": "x", "EventPattern": {"source": ["b"]}},
        {
            "Targets": [{"Id": "q", "Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"}],
            "Description": "d",
            "EventPattern": {"source": ["a"]},
            "State": "DISABLED",
        },
        _rule,
        "x",
        {"Arn": f"arn:aws:events:us-east-1:{ACCOUNT}:rule/x"},
    ),
]
