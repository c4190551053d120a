"""SNS refuses what AWS refuses, with AWS's names and words, and what is not emulated by name."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

TOPIC = "arn:aws:sns:us-east-1:123456789012:topic"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"
INVALID, UNKNOWN = "InvalidParameter", "LocalCloudNotEmulated"
Wrong = list[tuple[dict[str, Any], str, str]]
WRONG_MESSAGES: Wrong = [
    ({"Message": ""}, INVALID, "Invalid parameter: Empty message"),
    ({"Message": "é" * 131_073}, INVALID, "Invalid parameter: Message too long"),
    ({"Subject": "a" * 101}, INVALID, "Invalid parameter: Subject"),
    ({"Subject": "two\nlines"}, INVALID, "Invalid parameter: Subject"),
    ({"TopicArn": None}, INVALID, "TopicArn or TargetArn Reason: no value"),
    ({"MessageStructure": "json"}, UNKNOWN, "MessageStructure of sns:Publish"),
    ({"TopicArn": None, "TargetArn": TOPIC}, UNKNOWN, "TargetArn of sns:Publish"),
    ({"TopicArn": None, "PhoneNumber": "+491701234567"}, UNKNOWN, "PhoneNumber of sns:Publish"),
]
WRONG_SUBSCRIPTIONS: Wrong = [
    ({"Protocol": "fax"}, INVALID, "Does not support this protocol string: fax"),
    ({"Endpoint": "nobody"}, INVALID, "Invalid parameter: Email address"),
    ({"Protocol": "https", "Endpoint": "https://a"}, UNKNOWN, "the protocol https"),
    ({"Protocol": "sqs", "Endpoint": QUEUE}, UNKNOWN, "the protocol sqs"),
    ({"Protocol": "lambda", "Endpoint": "arn"}, UNKNOWN, "the protocol lambda"),
    ({"Attributes": {"FilterPolicy": "{}"}}, UNKNOWN, "Attributes of sns:Subscribe"),
]
WRONG_ATTRIBUTES: Wrong = [
    ({"AttributeName": "SQSSuccessFeedbackRoleArn"}, UNKNOWN, "SQSSuccessFeedbackRoleArn"),
    ({"AttributeName": "ArchivePolicy"}, UNKNOWN, "ArchivePolicy of an SNS topic"),
]


def refuse(call: Any, params: dict[str, Any], code: str, words: str) -> None:
    with pytest.raises(ClientError) as caught:
        call(**{name: value for name, value in params.items() if value is not None})
    error = caught.value.response["Error"]
    assert (error["Code"], words in error["Message"]) == (code, True), error


def test_messages(api: Any) -> None:
    """A message that SNS would not take is refused when it is published."""
    for change, code, words in WRONG_MESSAGES:
        refuse(api.publish, {"TopicArn": TOPIC, "Message": "m", **change}, code, words)
    assert api.publish(TopicArn=TOPIC, Message="m", Subject="s")["MessageId"]


def test_subscriptions(api: Any) -> None:
    """A subscription that could never deliver is refused, and leaves nothing."""
    for change, code, words in WRONG_SUBSCRIPTIONS:
        params = {"TopicArn": TOPIC, "Protocol": "email", "Endpoint": "a@example.com", **change}
        refuse(api.subscribe, params, code, words)
    assert api.list_subscriptions()["Subscriptions"] == []
    of_none = {"TopicArn": f"{TOPIC}s"}
    refuse(api.list_subscriptions_by_topic, of_none, "NotFound", "Topic does not exist")
    refuse(api.list_subscriptions, {"NextToken": "x"}, INVALID, "NextToken")


def test_topics(api: Any) -> None:
    """A policy that is not JSON is refused, and so is what is not emulated."""
    for attribute, code, words in WRONG_ATTRIBUTES:
        params = {"TopicArn": TOPIC, "AttributeValue": "arn", **attribute}
        refuse(api.set_topic_attributes, params, code, words)
    fifo = {"Name": "t.fifo", "Attributes": {"FifoTopic": "true"}}
    refuse(api.create_topic, fifo, UNKNOWN, "FifoTopic of an SNS topic")
    refuse(api.unsubscribe, {"SubscriptionArn": "PendingConfirmation"}, INVALID, "not 1")
    confirm = {"TopicArn": TOPIC, "Token": "t"}
    refuse(api.confirm_subscription, confirm, UNKNOWN, "ConfirmSubscription")


def test_an_e_mail_subscription_waits_for_its_owner_to_confirm_it(api: Any) -> None:
    answer = api.subscribe(TopicArn=TOPIC, Protocol="email", Endpoint="a@example.com")
    assert answer["SubscriptionArn"] == "pending confirmation"
    (listed,) = api.list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"]
    assert listed["SubscriptionArn"] == "PendingConfirmation"
    assert listed["Endpoint"] == "a@example.com"
    counts = api.get_topic_attributes(TopicArn=TOPIC)["Attributes"]
    assert (counts["SubscriptionsPending"], counts["SubscriptionsConfirmed"]) == ("1", "0")
