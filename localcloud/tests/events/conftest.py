"""A cloud with a rule's surroundings: queues, a topic, a function that prints, a state machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from localcloud import events, faults, iam, lambda_, stepfunctions
from localcloud.clock import ManualClock
from localcloud.cloud import Cloud, new_cloud
from localcloud.events.delivery import Delivery
from localcloud.settings import Settings
from tests.lambda_.conftest import zipped

REGION, ACCOUNT = "us-east-1", "123456789012"
ANY = {"source": [{"prefix": ""}]}


@dataclass
class World:
    cloud: Cloud

    def client(self, service: str) -> Any:
        return self.cloud.clients.client(service, REGION)

    @property
    def delivery(self) -> Delivery:
        return self.cloud.get(Delivery)

    def rule(self, pattern: Any = ANY, name: str = "rule", **target: Any) -> str:
        """A rule that sends what matches to the target; its ARN."""
        client = self.client("events")
        made = client.put_rule(Name=name, EventPattern=json.dumps(pattern))
        client.put_targets(Rule=name, Targets=[{"Id": "target", **target}])
        return str(made["RuleArn"])

    def queue(self, name: str, rule: str = "rule", open_to_it: bool = True) -> str:
        """The ARN of a queue that the rule may send to."""
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
        self.client("sqs").create_queue(QueueName=name)
        if open_to_it:
            self.let_in(name, f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{rule}")
        return arn

    def let_in(self, queue: str, rule_arn: str) -> None:
        policy = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "events.amazonaws.com"},
                    "Action": "sqs:SendMessage",
                    "Resource": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}",
                    "Condition": {"ArnEquals": {"aws:SourceArn": rule_arn}},
                }
            ],
        }
        url = self.client("sqs").get_queue_url(QueueName=queue)["QueueUrl"]
        attributes = {"Policy": json.dumps(policy)}
        self.client("sqs").set_queue_attributes(QueueUrl=url, Attributes=attributes)

    def received(self, queue: str) -> list[dict[str, Any]]:
        """Messages of the queue, once everything is delivered; they are taken off it."""
        assert self.delivery.settled()
        url = self.client("sqs").get_queue_url(QueueName=queue)["QueueUrl"]
        found: list[dict[str, Any]] = []
        while (
            messages := self.client("sqs")
            .receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
            .get("Messages")
        ):
            found += messages
            for one in messages:
                self.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
        return found

    def bodies(self, queue: str) -> list[Any]:
        return [json.loads(one["Body"]) for one in self.received(queue)]

    def role(self, service: str) -> str:
        trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        made = self.client("iam").create_role(
            RoleName=service.split(".")[0],
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        )
        logs = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
        self.client("iam").put_role_policy(
            RoleName=service.split(".")[0],
            PolicyName="logs",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [logs]}),
        )
        return str(made["Role"]["Arn"])

    def function(self) -> str:
        """Its ARN; it prints its event."""
        made = self.client("lambda").create_function(
            FunctionName="f",
            Runtime="python3.13",
            Handler="app.handler",
            Role=self.role("lambda.amazonaws.com"),
            Code={"ZipFile": zipped({"app.py": "def handler(event, _):\n    print(event['id'])"})},
        )
        return str(made["FunctionArn"])

    def machine(self, definition: dict[str, Any], kind: str = "STANDARD") -> str:
        """The ARN of a state machine."""
        made = self.client("stepfunctions").create_state_machine(
            name=f"machine-{kind.lower()}",
            definition=json.dumps({"QueryLanguage": "JSONata", **definition}),
            roleArn=self.role("states.amazonaws.com"),
            type=kind,
        )
        return str(made["stateMachineArn"])


def _made(folder: Path) -> Iterator[World]:
    cloud = new_cloud(Settings(folder), ManualClock())
    for service in (iam, lambda_, stepfunctions, events, faults):
        service.install(cloud)
    yield World(cloud)
    cloud.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    yield from _made(tmp_path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """For a whole module: its tests use names of their own."""
    yield from _made(tmp_path_factory.mktemp("cloud"))
