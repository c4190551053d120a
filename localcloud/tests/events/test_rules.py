"""Rules, targets and PutEvents: matching, and what is refused."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.events.environment import ACCOUNT, ANY, REGION, Environment

QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"
LAMBDA = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f"
_numbers = itertools.count()
TRANSFORMER = {"InputPathsMap": {"a": "$.id"}, "InputTemplate": "<a>"}


def rule_with_queue(shared_env: Environment, pattern: Any = ANY, **target: Any) -> str:
    """Create a rule and a queue that it sends to; the name of both."""
    name = f"rule-{next(_numbers)}"
    shared_env.rule(pattern, name, Arn=shared_env.queue(name, rule=name), **target)
    return name


def put_event(shared_env: Environment, detail: Any, **members: Any) -> dict[str, Any]:
    entry = {"Source": "shop", "DetailType": "Order", "Detail": json.dumps(detail), **members}
    response: dict[str, Any] = shared_env.client("events").put_events(Entries=[entry])
    return response


def test_an_event_has_the_documented_form(shared_env: Environment) -> None:
    name = rule_with_queue(shared_env)
    event_id = put_event(shared_env, {"n": 1}, Resources=["arn:aws:x:::y"])["Entries"][0]["EventId"]
    (event,) = shared_env.bodies(name)
    assert event == {
        "version": "0",
        "id": event_id,
        "detail-type": "Order",
        "source": "shop",
        "account": ACCOUNT,
        "time": "2023-11-14T22:13:20Z",
        "region": REGION,
        "resources": ["arn:aws:x:::y"],
        "detail": {"n": 1},
    }


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ({"source": ["shop"]}, True),
        ({"source": ["other", "shop"], "detail-type": ["Order"]}, True),
        ({"source": ["other"]}, False),
        ({"detail": {"status": ["FAILED", "ABORTED"]}}, True),
        ({"detail": {"status": ["SUCCEEDED"]}}, False),
        ({"detail": {"status": [{"anything-but": ["SUCCEEDED"]}]}}, True),
        ({"detail": {"nothing": [{"exists": False}]}}, True),
        ({"detail": {"status": [{"exists": False}]}}, False),
        ({"detail": {"none": [None]}}, True),
    ],
)
def test_a_rule_gets_what_its_pattern_matches(
    shared_env: Environment, pattern: Any, matches: bool
) -> None:
    name = rule_with_queue(shared_env, pattern)
    put_event(shared_env, {"status": "ABORTED", "amount": 10, "none": None})
    assert len(shared_env.received(name)) == matches


def test_a_disabled_rule_gets_nothing(shared_env: Environment) -> None:
    name = rule_with_queue(shared_env)
    shared_env.client("events").disable_rule(Name=name)
    put_event(shared_env, {})
    assert not shared_env.received(name)


def test_the_input_of_a_target_replaces_the_event(shared_env: Environment) -> None:
    name = rule_with_queue(shared_env, Input='{"wake": "up"}')
    put_event(shared_env, {})
    assert shared_env.bodies(name) == [{"wake": "up"}]


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"ScheduleExpression": "cron(0 10 * * ? *)"}, "the schedule cron(0 10 * * ? *)"),
        ({"EventPattern": "{}", "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/r"}, "RoleArn"),
        ({"EventPattern": "{}", "EventBusName": "mine"}, "other than the default one"),
        ({"EventPattern": '{"a": [{"numeric": [">", 5]}]}'}, "numeric in an event pattern"),
        ({"EventPattern": '{"a": [{"anything-but": {"prefix": "b"}}]}'}, "anything-but in an"),
        ({"EventPattern": '{"$or": [{"a": ["b"]}]}'}, "$or in an event pattern"),
        ({"EventPattern": "{}", "State": "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"}, "state"),
    ],
)
def test_a_rule_that_is_not_emulated_is_refused_by_name(
    shared_env: Environment, params: Any, named: str
) -> None:
    with pytest.raises(ClientError, match="LocalCloudNotEmulated") as raised:
        shared_env.client("events").put_rule(Name="r", **params)
    assert named in str(raised.value)


@pytest.mark.parametrize("filters", [[{"sounds-like": "x"}], [{"exists": {"a": 1}}], [["a"]], [{}]])
def test_a_pattern_that_moto_would_take_for_a_match_is_invalid(
    shared_env: Environment, filters: Any
) -> None:
    with pytest.raises(ClientError, match="InvalidEventPatternException"):
        shared_env.client("events").put_rule(
            Name="r", EventPattern=json.dumps({"detail": {"a": filters}})
        )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "Invalid JSON"),
        ("[]", "Filter is not an object"),
        ("{}", "Empty objects are not allowed"),
        ('{"a": [{"exists": "yes"}]}', "must be either true or false"),
        ('{"a": [{"prefix": 1}]}', "prefix match pattern must be a string"),
    ],
)
def test_a_pattern_that_cannot_be_compiled_is_invalid(
    shared_env: Environment, text: str, words: str
) -> None:
    with pytest.raises(ClientError, match="InvalidEventPatternException") as raised:
        shared_env.client("events").put_rule(Name="r", EventPattern=text)
    assert words in str(raised.value)


def test_events_of_a_call_have_a_megabyte_together(shared_env: Environment) -> None:
    detail = json.dumps({"text": "x" * 400_000})
    entry = {"Source": "s", "DetailType": "t", "Detail": detail}
    with pytest.raises(ClientError, match="Total size of the entries"):
        shared_env.client("events").put_events(Entries=[entry, entry, entry])


@pytest.mark.parametrize(
    ("target", "named"),
    [
        ({"Arn": f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/s"}, "the EventBridge target"),
        ({"Arn": LAMBDA.replace(REGION, "us-west-2")}, "in another Region"),
        ({"Arn": LAMBDA, "InputPath": "$.detail"}, "InputPath of an EventBridge target"),
        ({"Arn": LAMBDA, "InputTransformer": TRANSFORMER}, "InputTransformer of an"),
        ({"Arn": LAMBDA, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/r"}, "RoleArn of an"),
    ],
)
def test_a_target_that_is_not_emulated_is_refused_by_name(
    shared_env: Environment, target: Any, named: str
) -> None:
    with pytest.raises(ClientError, match="LocalCloudNotEmulated") as raised:
        shared_env.rule(**target)
    assert named in str(raised.value)


@pytest.mark.parametrize(
    "target",
    [
        {"DeadLetterConfig": {"Arn": f"{QUEUE}.fifo"}},
        {"DeadLetterConfig": {"Arn": QUEUE.replace(REGION, "us-west-2")}},
        {"Input": "no JSON"},
        {"Arn": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:m"},
    ],
)
def test_a_target_that_aws_refuses_is_refused(shared_env: Environment, target: Any) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        shared_env.rule(**{"Arn": LAMBDA, **target})


def test_a_rule_has_five_targets_at_most(shared_env: Environment) -> None:
    client = shared_env.client("events")
    client.put_rule(Name="r", EventPattern=json.dumps(ANY))
    client.put_targets(Rule="r", Targets=[{"Id": str(n), "Arn": QUEUE} for n in range(5)])
    client.put_targets(Rule="r", Targets=[{"Id": "4", "Arn": LAMBDA}])
    with pytest.raises(ClientError, match="LimitExceededException"):
        client.put_targets(Rule="r", Targets=[{"Id": "5", "Arn": QUEUE}])


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"Source": ""}, "InvalidArgument"),
        ({"Source": "aws.states"}, "NotAuthorizedForSourceException"),
        ({"Detail": "no JSON"}, "MalformedDetail"),
    ],
)
def test_a_refused_entry_has_its_error_in_its_place(
    shared_env: Environment, entry: Any, code: str
) -> None:
    response = put_event(shared_env, {}, **entry)
    assert response["FailedEntryCount"] == 1
    assert response["Entries"][0]["ErrorCode"] == code


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("create_event_bus", {"Name": "mine"}),
        ("create_archive", {"ArchiveName": "a", "EventSourceArn": f"arn:aws:events:{REGION}::x"}),
    ],
)
def test_other_operations_are_refused_by_name(
    shared_env: Environment, operation: str, params: Any
) -> None:
    with pytest.raises(ClientError, match="does not emulate the operation events:Create"):
        getattr(shared_env.client("events"), operation)(**params)
