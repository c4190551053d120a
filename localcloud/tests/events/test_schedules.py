"""Rules on a schedule: their events, their rate, and which expressions are refused."""

from __future__ import annotations

import queue
import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.events.schedules import seconds_of
from localcloud.events.target_sender import TargetEvent
from tests.events.environment import ACCOUNT, REGION, Environment

TARGET = {"Id": "target", "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"}
Outbox = queue.Queue[TargetEvent]


@pytest.fixture
def outbox(env: Environment, monkeypatch: pytest.MonkeyPatch) -> Outbox:
    """What is handed over for delivery."""
    events: Outbox = queue.Queue()
    monkeypatch.setattr(env.delivery, "enqueue", events.put)
    return events


def put_rule(env: Environment, **params: Any) -> None:
    rule = {"Name": "rule", "ScheduleExpression": "rate(10 minutes)", **params}
    env.client("events").put_rule(**rule)
    env.client("events").put_targets(Rule="rule", Targets=[TARGET])


def test_a_schedule_sends_its_event_again_and_again(env: Environment, outbox: Outbox) -> None:
    put_rule(env)
    events = [outbox.get(timeout=30).event for _ in range(2)]
    rule = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/rule"
    assert events[0]["id"] != events[1]["id"]
    assert {name: events[0][name] for name in ("source", "detail-type", "resources", "detail")} == {
        "source": "aws.events",
        "detail-type": "Scheduled Event",
        "resources": [rule],
        "detail": {},
    }


def test_its_period_is_shortened_as_every_wait_is(
    env: Environment, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_asked = threading.Event()

    def real_seconds(seconds: float) -> float:
        if seconds == 600.0:  # the minutes of CloudWatch are shortened, too
            is_asked.set()
        return 0.0

    monkeypatch.setattr(env.cloud.clock, "real_seconds", real_seconds)
    put_rule(env)
    outbox.get(timeout=30)
    assert is_asked.wait(timeout=30)


@pytest.mark.parametrize("operation", ["disable_rule", "delete_rule"])
def test_a_rule_that_is_disabled_or_deleted_sends_nothing(
    env: Environment, outbox: Outbox, operation: str
) -> None:
    put_rule(env)
    outbox.get(timeout=30)
    if operation == "delete_rule":
        env.client("events").remove_targets(Rule="rule", Ids=["target"])
    getattr(env.client("events"), operation)(Name="rule")
    while not outbox.empty():
        outbox.get()
    env.client("events").put_rule(Name="other", ScheduleExpression="rate(1 minute)")
    other = {**TARGET, "Id": "of-the-other"}
    env.client("events").put_targets(Rule="other", Targets=[other])
    assert [outbox.get(timeout=30).target["Id"] for _ in range(3)] == ["of-the-other"] * 3


def test_a_rule_that_has_only_a_schedule_matches_no_event(
    env: Environment, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(env.cloud.clock, "real_seconds", lambda _: 3600.0)
    put_rule(env)
    env.client("events").put_events(
        Entries=[{"Source": "shop", "DetailType": "Order", "Detail": "{}"}]
    )
    assert outbox.empty()


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [("rate(1 minute)", 60), ("rate(10 minutes)", 600), ("rate(2 hours)", 7200)],
)
def test_a_rate_is_a_number_and_a_unit(expression: str, seconds: float) -> None:
    assert seconds_of(expression) == seconds


@pytest.mark.parametrize("expression", ["rate(1 minutes)", "rate(5 minute)", "rate(0 hours)", "5m"])
def test_other_rates_are_refused(env: Environment, expression: str) -> None:
    with pytest.raises(ClientError, match="Parameter ScheduleExpression is not valid"):
        put_rule(env, ScheduleExpression=expression)
