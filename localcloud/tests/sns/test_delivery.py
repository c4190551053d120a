"""Messages of a topic arrive as SNS delivers them, or in the subscription's dead-letter queue."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localcloud.faults import Faults, Match, Refuse
from localcloud.lambda_ import Lambda
from localcloud.sns.sender import NotificationDelivery
from tests.events.environment import REGION
from tests.lambda_.conftest import zipped
from tests.sns.conftest import TOPIC, Board

PRINTS = "import json\ndef handler(event, _):\n    print(json.dumps(event))"
COLOUR = {"colour": {"DataType": "String", "StringValue": "red"}}


def test_a_queue_gets_an_envelope(board: Board) -> None:
    subscription = board.subscribe("sqs", board.open_queue("q"))
    message_id = board.publish("hello", Subject="Greeting", MessageAttributes=COLOUR)
    (body,) = board.bodies("q")
    assert body["Type"] == "Notification"
    assert (body["MessageId"], body["TopicArn"]) == (message_id, TOPIC)
    assert (body["Message"], body["Subject"]) == ("hello", "Greeting")
    assert body["MessageAttributes"] == {"colour": {"Type": "String", "Value": "red"}}
    assert body["UnsubscribeURL"].endswith(f"SubscriptionArn={subscription}")


def test_raw_delivery_sends_the_message_and_its_attributes_alone(board: Board) -> None:
    board.subscribe("sqs", board.open_queue("q"), RawMessageDelivery="true")
    board.publish("hello", MessageAttributes=COLOUR)
    (message,) = board.received("q")
    assert message["Body"] == "hello"
    assert message["MessageAttributes"]["colour"]["StringValue"] == "red"


def test_each_protocol_gets_its_own_text(board: Board) -> None:
    board.subscribe("sqs", board.open_queue("q"))
    text = json.dumps({"default": "for all", "sqs": "for queues"})
    board.publish(text, MessageStructure="json")
    assert [body["Message"] for body in board.bodies("q")] == ["for queues"]


@pytest.mark.parametrize(
    ("policy", "scope", "message", "number"),
    [
        ({"colour": ["red"]}, "MessageAttributes", "text", 1),
        ({"colour": [{"anything-but": "red"}]}, "MessageAttributes", "text", 0),
        ({"kind": ["order"]}, "MessageBody", '{"kind": "order"}', 1),
        ({"kind": ["order"]}, "MessageBody", '{"kind": "bill"}', 0),
    ],
)
def test_a_filter_policy_lets_only_matching_messages_through(
    board: Board, policy: dict[str, Any], scope: str, message: str, number: int
) -> None:
    board.subscribe(
        "sqs", board.open_queue("q"), FilterPolicy=json.dumps(policy), FilterPolicyScope=scope
    )
    board.publish(message, MessageAttributes=COLOUR)
    assert len(board.received("q")) == number


@pytest.mark.parametrize("source", [None, f"{TOPIC}-of-another-name"])
def test_without_the_queue_s_permission_a_message_is_a_dead_letter_at_once(
    board: Board, source: str | None
) -> None:
    queue = board.open_queue("q", source) if source else board.queue("q", is_open=False)
    dead = json.dumps({"deadLetterTargetArn": board.open_queue("dead")})
    board.subscribe("sqs", queue, RedrivePolicy=dead)
    board.publish("hello")
    assert board.received("q") == []
    assert [body["Message"] for body in board.bodies("dead")] == ["hello"]


def test_a_function_needs_to_permit_the_topic(board: Board) -> None:
    function = board.function()
    dead = json.dumps({"deadLetterTargetArn": board.open_queue("dead")})
    subscription = board.subscribe("lambda", function, RedrivePolicy=dead)
    board.publish("refused")
    board.client("lambda").add_permission(
        FunctionName="f",
        StatementId="topic",
        Action="lambda:InvokeFunction",
        Principal="sns.amazonaws.com",
        SourceArn=TOPIC,
    )
    board.client("lambda").update_function_code(
        FunctionName="f",
        ZipFile=zipped({"app.py": PRINTS}),
    )
    board.publish("permitted")
    assert board.cloud.get(Lambda).queue.settled()
    assert [body["Message"] for body in board.bodies("dead")] == ["refused"]
    printed = board.client("logs").filter_log_events(logGroupName="/aws/lambda/f")["events"]
    (event,) = (json.loads(line["message"]) for line in printed if "Records" in line["message"])
    (record,) = event["Records"]
    assert (record["EventSource"], record["EventSubscriptionArn"]) == ("aws:sns", subscription)
    assert (record["Sns"]["Message"], record["Sns"]["Subject"]) == ("permitted", None)


def test_a_failure_of_the_service_is_retried(board: Board) -> None:
    """Only a client's error is final."""
    board.subscribe("sqs", board.open_queue("q"))
    fault = board.cloud.get(Faults).add(
        Match(service="sqs", operation="SendMessage"), Refuse("InternalFailure", status=500)
    )
    board.api.publish(TopicArn=TOPIC, Message="late")
    delivery = board.cloud.get(NotificationDelivery)
    assert not delivery.settled(0.1)
    board.cloud.get(Faults).remove(fault)
    assert delivery.settled()
    assert [body["Message"] for body in board.bodies("q")] == ["late"]


def test_an_e_mail_subscription_waits_for_its_owner_to_confirm_it(board: Board) -> None:
    answer = board.api.subscribe(TopicArn=TOPIC, Protocol="email", Endpoint="a@example.com")
    assert answer["SubscriptionArn"] == "pending confirmation"
    (listed,) = board.api.list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"]
    assert (listed["SubscriptionArn"], listed["Endpoint"]) == (
        "PendingConfirmation",
        "a@example.com",
    )
    counts = board.api.get_topic_attributes(TopicArn=TOPIC)["Attributes"]
    assert (counts["SubscriptionsPending"], counts["SubscriptionsConfirmed"]) == ("1", "0")
    board.publish()


def test_during_an_outage_messages_wait(board: Board) -> None:
    board.subscribe("sqs", board.open_queue("q"))
    delivery = board.cloud.get(NotificationDelivery)
    delivery.pause(source=REGION)
    board.api.publish(TopicArn=TOPIC, Message="hello")
    assert not delivery.settled(0.05)
    delivery.resume(source=REGION)
    assert delivery.settled()
    assert len(board.received("q")) == 1
