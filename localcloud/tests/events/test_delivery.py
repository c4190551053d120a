"""What reaches a target, under which permission, and what becomes of what does not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from localcloud.events.bus import EventBus
from localcloud.faults import Cut, Faults, Match, Refuse
from localcloud.gateway.identify import Call
from localcloud.lambda_ import Lambda
from tests.events.conftest import ACCOUNT, REGION, World

RULE = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/rule"


@dataclass(frozen=True)
class ToQueue:
    """A fault's condition: messages that are sent to the queue."""

    name: str

    def covers(self, call: Call) -> bool:
        sent = call.service == "sqs" and call.name == "SendMessage"
        return sent and call.params["QueueUrl"].endswith(f"/{self.name}")


def put(world: World) -> str:
    entry = {"Source": "shop", "DetailType": "Order", "Detail": "{}"}
    answer = world.client("events").put_events(Entries=[entry])
    return str(answer["Entries"][0]["EventId"])


def let_in(world: World, source_arn: str) -> None:
    world.client("lambda").add_permission(
        FunctionName="f",
        StatementId="rule",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=source_arn,
    )


def why(message: dict[str, Any]) -> dict[str, str]:
    return {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}


def test_a_function_is_invoked_asynchronously_if_its_policy_lets_the_rule_in(
    world: World,
) -> None:
    rule = world.rule(Arn=world.function())
    let_in(world, rule)
    event_id = put(world)
    assert world.delivery.settled()
    assert world.cloud.get(Lambda).queue.settled()
    printed = world.client("logs").filter_log_events(logGroupName="/aws/lambda/f")["events"]
    assert any(event_id in line["message"] for line in printed)


@pytest.mark.parametrize("let", [None, f"{RULE}-of-another-name"])
def test_a_function_that_lets_in_another_rule_only_is_not_invoked_and_the_event_is_dead_at_once(
    world: World, let: str | None
) -> None:
    arn = world.function()
    world.rule(Arn=arn, DeadLetterConfig={"Arn": world.queue("dead")})
    if let:
        let_in(world, let)
    event_id = put(world)
    (letter,) = world.received("dead")
    assert json.loads(letter["Body"])["id"] == event_id
    told = why(letter)
    assert "lambda:InvokeFunction" in told.pop("ERROR_MESSAGE")
    assert told == {
        "RULE_ARN": RULE,
        "TARGET_ARN": arn,
        "ERROR_CODE": "NO_PERMISSIONS",
        "RETRY_ATTEMPTS": "0",
    }


def test_a_target_that_is_gone_is_not_tried_again(world: World) -> None:
    gone = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:gone"
    world.rule(Arn=gone, DeadLetterConfig={"Arn": world.queue("dead")})
    put(world)
    (letter,) = world.received("dead")
    assert (why(letter)["ERROR_CODE"], why(letter)["RETRY_ATTEMPTS"]) == ("NO_RESOURCE", "0")


def test_a_queue_wants_a_policy_that_lets_the_rule_in(world: World) -> None:
    world.rule(Arn=world.queue("q", open_to_it=False))
    put(world)
    assert not world.received("q")
    world.let_in("q", RULE)
    put(world)
    assert len(world.received("q")) == 1


def test_a_topic_gets_the_event_as_its_message(world: World) -> None:
    sns = world.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    queue = world.queue("q", open_to_it=False)
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    policy = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic,
    }
    sns.set_topic_attributes(
        TopicArn=topic,
        AttributeName="Policy",
        AttributeValue=json.dumps({"Version": "2012-10-17", "Statement": [policy]}),
    )
    world.rule(Arn=topic)
    event_id = put(world)
    (note,) = world.bodies("q")
    assert json.loads(note["Message"])["id"] == event_id


@pytest.mark.parametrize(
    ("effect", "code"),
    [
        (Refuse("ThrottlingException", 400), "THROTTLING"),
        (Refuse("InternalFailure", 500), "UNKNOWN"),
        (Cut(), "CONNECTION_FAILURE"),
    ],
)
def test_what_may_pass_later_is_tried_again_as_often_as_the_policy_says(
    world: World, effect: Any, code: str
) -> None:
    dead = world.queue("dead")
    policy = {"MaximumRetryAttempts": 3}
    world.rule(Arn=world.queue("q"), RetryPolicy=policy, DeadLetterConfig={"Arn": dead})
    faults = world.cloud.get(Faults)
    rule = faults.add(ToQueue("q"), effect)
    put(world)
    (letter,) = world.received("dead")
    told = why(letter)
    assert (told["ERROR_CODE"], told["RETRY_ATTEMPTS"]) == (code, "3")
    assert told["EXHAUSTED_RETRY_CONDITION"] == "MaximumRetryAttempts"
    faults.remove(rule)
    put(world)
    assert len(world.received("q")) == 1


def test_an_event_that_is_too_old_is_dead(world: World) -> None:
    dead = world.queue("dead")
    policy = {"MaximumEventAgeInSeconds": 60}
    world.rule(Arn=world.queue("q"), RetryPolicy=policy, DeadLetterConfig={"Arn": dead})
    world.cloud.get(Faults).add(ToQueue("q"), Cut())
    put(world)
    (letter,) = world.received("dead")
    assert why(letter)["EXHAUSTED_RETRY_CONDITION"] == "MaximumEventAgeInSeconds"


def test_a_region_that_is_out_delivers_nothing_until_it_is_back(world: World) -> None:
    world.rule(Arn=world.queue("q"))
    put(world)
    assert len(world.received("q")) == 1
    faults = world.cloud.get(Faults)
    faults.outage(REGION)
    world.cloud.get(EventBus).publish(REGION, "shop", "Order", {}, [])
    assert not world.delivery.settled(0.05)
    faults.recover(REGION)
    assert len(world.received("q")) == 1


def test_another_region_that_is_out_holds_nothing_up(world: World) -> None:
    world.rule(Arn=world.queue("q"))
    world.cloud.get(Faults).outage("us-west-2")
    put(world)
    assert len(world.received("q")) == 1


def test_without_a_dead_letter_queue_it_is_gone(world: World) -> None:
    world.rule(Arn=world.queue("q"), RetryPolicy={"MaximumRetryAttempts": 0})
    rule = world.cloud.get(Faults).add(Match(service="sqs", operation="SendMessage"), Cut())
    put(world)
    assert world.delivery.settled()
    world.cloud.get(Faults).remove(rule)
    assert not world.received("q")
