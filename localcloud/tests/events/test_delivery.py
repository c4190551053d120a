"""Delivery to targets: permissions, retries and dead letters."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from localcloud.events.bus import EventBus
from localcloud.faults import Cut, Faults, Match, Refuse
from localcloud.gateway.identify import Call
from localcloud.lambda_ import Lambda
from tests.events.environment import ACCOUNT, REGION, Environment

RULE = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/rule"


@dataclass(frozen=True)
class ToQueue:
    """A fault's condition: messages that are sent to the queue."""

    name: str

    def covers(self, call: Call) -> bool:
        is_sent = call.service == "sqs" and call.name == "SendMessage"
        return is_sent and call.params["QueueUrl"].endswith(f"/{self.name}")


def put_event(env: Environment) -> str:
    entry = {"Source": "shop", "DetailType": "Order", "Detail": "{}"}
    response = env.client("events").put_events(Entries=[entry])
    return str(response["Entries"][0]["EventId"])


def allow_rule(env: Environment, source_arn: str) -> None:
    env.client("lambda").add_permission(
        FunctionName="f",
        StatementId="rule",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=source_arn,
    )


def attributes_of(message: dict[str, Any]) -> dict[str, str]:
    return {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}


def test_a_function_that_allows_the_rule_is_invoked_asynchronously(env: Environment) -> None:
    rule = env.rule(Arn=env.function())
    allow_rule(env, rule)
    event_id = put_event(env)
    assert env.delivery.settled()
    assert env.cloud.get(Lambda).queue.settled()
    printed = env.client("logs").filter_log_events(logGroupName="/aws/lambda/f")["events"]
    assert any(event_id in line["message"] for line in printed)


@pytest.mark.parametrize("allowed_rule", [None, f"{RULE}-of-another-name"])
def test_an_event_for_a_function_that_does_not_allow_the_rule_is_a_dead_letter_at_once(
    env: Environment, allowed_rule: str | None
) -> None:
    arn = env.function()
    env.rule(Arn=arn, DeadLetterConfig={"Arn": env.queue("dead")})
    if allowed_rule:
        allow_rule(env, allowed_rule)
    event_id = put_event(env)
    (letter,) = env.received("dead")
    assert json.loads(letter["Body"])["id"] == event_id
    attributes = attributes_of(letter)
    assert "lambda:InvokeFunction" in attributes.pop("ERROR_MESSAGE")
    assert attributes == {
        "RULE_ARN": RULE,
        "TARGET_ARN": arn,
        "ERROR_CODE": "NO_PERMISSIONS",
        "RETRY_ATTEMPTS": "0",
    }


def test_delivery_to_a_missing_target_is_not_retried(env: Environment) -> None:
    missing = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:missing"
    env.rule(Arn=missing, DeadLetterConfig={"Arn": env.queue("dead")})
    put_event(env)
    (letter,) = env.received("dead")
    assert (attributes_of(letter)["ERROR_CODE"], attributes_of(letter)["RETRY_ATTEMPTS"]) == (
        "NO_RESOURCE",
        "0",
    )


def test_a_queue_needs_a_policy_that_allows_the_rule(env: Environment) -> None:
    env.rule(Arn=env.queue("q", is_open=False))
    put_event(env)
    assert not env.received("q")
    env.allow_rule("q", RULE)
    put_event(env)
    assert len(env.received("q")) == 1


@pytest.mark.parametrize("trusted", ["events.amazonaws.com", "states.amazonaws.com"])
def test_a_state_machine_is_started_by_the_targets_role(env: Environment, trusted: str) -> None:
    """Only if that role trusts EventBridge, and may start the machine."""
    machine = env.machine({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})
    iam, role = env.client("iam"), "starter"
    trust = {"Effect": "Allow", "Principal": {"Service": trusted}, "Action": "sts:AssumeRole"}
    start = {"Effect": "Allow", "Action": "states:StartExecution", "Resource": machine}
    documents = [json.dumps({"Version": "2012-10-17", "Statement": [s]}) for s in (trust, start)]
    arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=documents[0])["Role"]["Arn"]
    iam.put_role_policy(RoleName=role, PolicyName="start", PolicyDocument=documents[1])
    pattern = {"source": ["shop"]}  # not the status of the execution itself
    env.rule(pattern, Arn=machine, RoleArn=arn, DeadLetterConfig={"Arn": env.queue("dead")})
    event_id = put_event(env)
    dead = [attributes_of(message)["ERROR_CODE"] for message in env.received("dead")]
    started = env.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    if trusted != "events.amazonaws.com":
        assert (dead, started) == (["NO_PERMISSIONS"], [])
        return
    execution = env.client("stepfunctions").describe_execution(
        executionArn=started[0]["executionArn"]
    )
    assert json.loads(execution["input"])["id"] == event_id


@pytest.mark.parametrize(
    ("effect", "code"),
    [
        (Refuse("ThrottlingException", 400), "THROTTLING"),
        (Refuse("InternalFailure", 500), "UNKNOWN"),
        (Cut(), "CONNECTION_FAILURE"),
    ],
)
def test_transient_failures_are_retried_as_often_as_the_retry_policy_allows(
    env: Environment, effect: Any, code: str
) -> None:
    dead = env.queue("dead")
    policy = {"MaximumRetryAttempts": 3}
    env.rule(Arn=env.queue("q"), RetryPolicy=policy, DeadLetterConfig={"Arn": dead})
    faults = env.cloud.get(Faults)
    rule = faults.add(ToQueue("q"), effect)
    put_event(env)
    (letter,) = env.received("dead")
    attributes = attributes_of(letter)
    assert (attributes["ERROR_CODE"], attributes["RETRY_ATTEMPTS"]) == (code, "3")
    assert attributes["EXHAUSTED_RETRY_CONDITION"] == "MaximumRetryAttempts"
    faults.remove(rule)
    put_event(env)
    assert len(env.received("q")) == 1


def test_an_event_that_is_too_old_is_a_dead_letter(env: Environment) -> None:
    dead = env.queue("dead")
    policy = {"MaximumEventAgeInSeconds": 60}
    env.rule(Arn=env.queue("q"), RetryPolicy=policy, DeadLetterConfig={"Arn": dead})
    env.cloud.get(Faults).add(ToQueue("q"), Cut())
    put_event(env)
    (letter,) = env.received("dead")
    assert attributes_of(letter)["EXHAUSTED_RETRY_CONDITION"] == "MaximumEventAgeInSeconds"


def test_a_region_that_is_out_delivers_nothing_until_it_is_back(env: Environment) -> None:
    env.rule(Arn=env.queue("q"))
    put_event(env)
    assert len(env.received("q")) == 1
    faults = env.cloud.get(Faults)
    faults.outages.begin(REGION)
    env.cloud.get(EventBus).publish(REGION, "shop", "Order", {}, [])
    assert not env.delivery.settled(0.05)
    faults.outages.end(REGION)
    assert len(env.received("q")) == 1


def test_an_outage_of_another_region_delays_nothing(env: Environment) -> None:
    env.rule(Arn=env.queue("q"))
    env.cloud.get(Faults).outages.begin("us-west-2")
    put_event(env)
    assert len(env.received("q")) == 1


def test_without_a_dead_letter_queue_an_undelivered_event_is_dropped(env: Environment) -> None:
    env.rule(Arn=env.queue("q"), RetryPolicy={"MaximumRetryAttempts": 0})
    rule = env.cloud.get(Faults).add(Match(service="sqs", operation="SendMessage"), Cut())
    put_event(env)
    assert env.delivery.settled()
    env.cloud.get(Faults).remove(rule)
    assert not env.received("q")
