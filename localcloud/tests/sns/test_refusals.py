"""SNS refuses what AWS refuses, with AWS's names and words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sns.conftest import TOPIC, Board

QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"
INVALID, UNKNOWN = "InvalidParameter", "LocalCloudNotEmulated"
Wrong = list[tuple[dict[str, Any], str, str]]
WRONG_MESSAGES: Wrong = [
    ({"Message": ""}, INVALID, "Invalid parameter: Empty message"),
    ({"Message": "é" * 131_073}, INVALID, "Invalid parameter: Message too long"),
    ({"Subject": "a" * 101}, INVALID, "Invalid parameter: Subject"),
    ({"Subject": "two\nlines"}, INVALID, "Invalid parameter: Subject"),
    ({"MessageStructure": "json"}, INVALID, "JSON message body failed to parse"),
    ({"MessageStructure": "json", "Message": "{}"}, INVALID, "No default entry"),
    ({"TopicArn": None}, INVALID, "TopicArn or TargetArn Reason: no value"),
    ({"TopicArn": None, "PhoneNumber": "+491701234567"}, UNKNOWN, "PhoneNumber of Publish"),
]
WRONG_SUBSCRIPTIONS: Wrong = [
    ({"Protocol": "fax"}, INVALID, "Does not support this protocol string: fax"),
    ({"Endpoint": "q"}, INVALID, "Invalid parameter: SQS endpoint ARN"),
    ({"Protocol": "lambda"}, INVALID, "Invalid parameter: Lambda endpoint ARN"),
    ({"Protocol": "email", "Endpoint": "nobody"}, INVALID, "Invalid parameter: Email address"),
    ({"Protocol": "https", "Endpoint": "https://a"}, UNKNOWN, "the protocol https"),
    ({"Attributes": {"FilterPolicy": "{"}}, INVALID, "FilterPolicy: failed to parse JSON."),
    ({"Attributes": {"FilterPolicyScope": "All"}}, INVALID, "Invalid value [All]"),
    ({"Attributes": {"RawMessageDelivery": "yes"}}, INVALID, "Must be true or false"),
    (
        {"Attributes": {"RedrivePolicy": json.dumps({"deadLetterTargetArn": "q"})}},
        INVALID,
        "deadLetterTargetArn is an invalid arn",
    ),
]


def refuse(call: Any, params: dict[str, Any], code: str, words: str) -> None:
    with pytest.raises(ClientError) as caught:
        call(**{name: value for name, value in params.items() if value is not None})
    error = caught.value.response["Error"]
    assert (error["Code"], words in error["Message"]) == (code, True), error


def test_messages(board: Board) -> None:
    """A message that SNS would not take is refused when it is published."""
    for change, code, words in WRONG_MESSAGES:
        refuse(board.api.publish, {"TopicArn": TOPIC, "Message": "m", **change}, code, words)


def test_subscriptions(board: Board) -> None:
    """A subscription that could never deliver is refused, and leaves nothing."""
    for change, code, words in WRONG_SUBSCRIPTIONS:
        params = {"TopicArn": TOPIC, "Protocol": "sqs", "Endpoint": QUEUE, **change}
        refuse(board.api.subscribe, params, code, words)
    assert board.api.list_subscriptions()["Subscriptions"] == []


def test_topics(board: Board) -> None:
    """A policy that is not JSON is refused, and so is what is not emulated."""
    broken = {"TopicArn": TOPIC, "AttributeName": "Policy", "AttributeValue": "{"}
    refuse(board.api.set_topic_attributes, broken, INVALID, "Policy Error: null")
    feedback = {"TopicArn": TOPIC, "AttributeName": "SQSSuccessFeedbackRoleArn"}
    params = {**feedback, "AttributeValue": "arn"}
    refuse(board.api.set_topic_attributes, params, UNKNOWN, "SQSSuccessFeedbackRoleArn")
    refuse(board.api.unsubscribe, {"SubscriptionArn": "PendingConfirmation"}, INVALID, "not 1")
    confirm = {"TopicArn": TOPIC, "Token": "t"}
    refuse(board.api.confirm_subscription, confirm, UNKNOWN, "ConfirmSubscription")
