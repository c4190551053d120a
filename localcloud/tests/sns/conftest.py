"""A cloud with SNS, a topic, queues, and a function that prints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from localcloud import events, faults, iam, lambda_, sns
from localcloud.clock import ManualClock
from localcloud.cloud import new_cloud
from localcloud.settings import Settings
from localcloud.sns.sender import NotificationDelivery
from tests.events.environment import ACCOUNT, REGION, Environment

TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:topic"


@dataclass
class Board(Environment):
    """The topic has no subscriptions at first."""

    @property
    def api(self) -> Any:
        return self.client("sns")

    def subscribe(self, protocol: str, endpoint: str, **attributes: str) -> str:
        response = self.api.subscribe(
            TopicArn=TOPIC,
            Protocol=protocol,
            Endpoint=endpoint,
            Attributes=attributes,
            ReturnSubscriptionArn=True,
        )
        return str(response["SubscriptionArn"])

    def open_queue(self, name: str, source: str = TOPIC) -> str:
        """Create a queue to which ``source`` may send; its ARN."""
        arn = self.queue(name, is_open=False)
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": source}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        url = self.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]
        self.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        return arn

    def publish(self, message: str = "hello", **params: Any) -> str:
        """Publish and wait for the deliveries; the message's id."""
        response = self.api.publish(TopicArn=TOPIC, Message=message, **params)
        assert self.cloud.get(NotificationDelivery).settled()
        return str(response["MessageId"])


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    cloud = new_cloud(Settings(tmp_path), ManualClock())
    for service in (iam, lambda_, events, sns, faults):
        service.install(cloud)
    board = Board(cloud)
    board.api.create_topic(Name="topic")
    yield board
    cloud.close()
