"""`make deploy` and `make verify` warn if nobody reads what the operators are told."""

from __future__ import annotations

import pytest

from deployment.deployer import subscribers
from deployment.deployer.stack_info import Resource
from tests.deployment.fakes import FakeAws, plan

TOPIC = "arn:aws:sns:us-east-1:123456789012:batch-operators-dev"


@pytest.mark.parametrize(
    ("arns", "is_warned"),
    [((), True), (("PendingConfirmation",), True), ((f"{TOPIC}:1", "PendingConfirmation"), False)],
)
def test_a_topic_without_a_confirmed_subscription_is_named(
    arns: tuple[str, ...],
    is_warned: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    topic = Resource("Operators", "AWS::SNS::Topic", TOPIC)
    monkeypatch.setattr(subscribers, "stack_resources", lambda *_: [topic])
    page = {"Subscriptions": [{"SubscriptionArn": arn} for arn in arns]}
    aws = FakeAws(sns={"list_subscriptions_by_topic": lambda **_: [page]})
    subscribers.warn_without_subscribers(aws, plan(env="-dev"))
    warnings = capsys.readouterr().out.count("nobody has confirmed a subscription")
    assert warnings == (2 if is_warned else 0)
