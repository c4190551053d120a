"""What a rule needs around it: queues, a function that prints, a state machine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from localcloud.cloud import Cloud
from localcloud.events.delivery import Delivery
from tests.lambda_.conftest import zipped

REGION, ACCOUNT = "us-east-1", "123456789012"
ANY = {"source": [{"prefix": ""}]}


@dataclass
class Environment:
    cloud: Cloud

    def client(self, service: str) -> Any:
        return self.cloud.clients.client(service, REGION)

    @property
    def delivery(self) -> Delivery:
        return self.cloud.get(Delivery)

    def rule(self, pattern: Any = ANY, name: str = "rule", **target: Any) -> str:
        """Create a rule that sends matching events to the target; its ARN."""
        client = self.client("events")
        rule = client.put_rule(Name=name, EventPattern=json.dumps(pattern))
        client.put_targets(Rule=name, Targets=[{"Id": "target", **target}])
        return str(rule["RuleArn"])

    def queue(self, name: str, rule: str = "rule", is_open: bool = True) -> str:
        """Create a queue, to which the rule may send if it ``is_open``; its ARN."""
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
        self.client("sqs").create_queue(QueueName=name)
        if is_open:
            self.allow_rule(name, f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{rule}")
        return arn

    def allow_rule(self, queue: str, rule_arn: str) -> None:
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
        """Take the messages off the queue, once everything is delivered."""
        assert self.delivery.settled()
        url = self.client("sqs").get_queue_url(QueueName=queue)["QueueUrl"]
        sqs = self.client("sqs")
        messages: list[dict[str, Any]] = []
        while batch := sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        ).get("Messages"):
            messages += batch
            for message in batch:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return messages

    def bodies(self, queue: str) -> list[Any]:
        return [json.loads(message["Body"]) for message in self.received(queue)]

    def role(self, service: str) -> str:
        trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        role = self.client("iam").create_role(
            RoleName=service.split(".")[0],
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        )
        logs = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
        self.client("iam").put_role_policy(
            RoleName=service.split(".")[0],
            PolicyName="logs",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [logs]}),
        )
        return str(role["Role"]["Arn"])

    def function(self) -> str:
        """Create a function that prints its event; its ARN."""
        function = self.client("lambda").create_function(
            FunctionName="f",
            Runtime="python3.13",
            Handler="app.handler",
            Role=self.role("lambda.amazonaws.com"),
            Code={"ZipFile": zipped({"app.py": "def handler(event, _):\n    print(event['id'])"})},
        )
        return str(function["FunctionArn"])

    def machine(self, definition: dict[str, Any], type_: str = "STANDARD") -> str:
        """Create a state machine; its ARN."""
        machine = self.client("stepfunctions").create_state_machine(
            name=f"machine-{type_.lower()}",
            definition=json.dumps({"QueryLanguage": "JSONata", **definition}),
            roleArn=self.role("states.amazonaws.com"),
            type=type_,
        )
        return str(machine["stateMachineArn"])
