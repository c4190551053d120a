"""A message on its way to one subscription, and the forms in which it arrives.

https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

# https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
_MAX_RETRIES = 100_015
# Nothing here has Amazon's key.
_SIGNATURE = "EXAMPLE"
_CERTIFICATE = "SimpleNotificationService-00000000000000000000000000000000.pem"


@dataclass
class Notification:
    """``attributes`` are of the form {"name": {"Type": "String", "Value": "v"}}."""

    topic: str
    subscription: str
    protocol: str
    endpoint: str
    message_id: str
    message: str
    subject: str | None
    attributes: dict[str, Any]
    timestamp: str
    is_raw: bool
    dead_letter_queue: str
    group_id: str | None = None
    deduplication_id: str | None = None
    retries: int = 0
    age: float = 0.0

    @property
    def region(self) -> str:
        return self.topic.split(":")[3]

    @property
    def log_fields(self) -> dict[str, str]:
        return {"subscription": self.subscription, "endpoint": self.endpoint}

    @property
    def has_dead_letter_queue(self) -> bool:
        return bool(self.dead_letter_queue)

    def exhausted_condition(self) -> str | None:
        return "retries" if self.retries >= _MAX_RETRIES else None

    def queue_message(self) -> dict[str, Any]:
        """Return parameters of SendMessage."""
        fifo = {
            "MessageGroupId": self.group_id,
            "MessageDeduplicationId": self.deduplication_id,
        }
        params = {name: value for name, value in fifo.items() if value}
        if not self.is_raw:
            return {**params, "MessageBody": self._envelope()}
        attributes = {name: _queue_attribute(item) for name, item in self.attributes.items()}
        return {**params, "MessageBody": self.message, "MessageAttributes": attributes}

    def lambda_event(self) -> dict[str, Any]:
        """https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html"""
        members = {**self._members(), "Subject": self.subject}
        renamed = {"SigningCertURL": "SigningCertUrl", "UnsubscribeURL": "UnsubscribeUrl"}
        body = {renamed.get(name, name): value for name, value in members.items()}
        record = {
            "EventSource": "aws:sns",
            "EventVersion": "1.0",
            "EventSubscriptionArn": self.subscription,
            "Sns": {**body, "MessageAttributes": self.attributes},
        }
        return {"Records": [record]}

    def _envelope(self) -> str:
        attributes = {"MessageAttributes": self.attributes} if self.attributes else {}
        return json.dumps({**self._members(), **attributes}, indent=2, separators=(",", " : "))

    def _members(self) -> dict[str, Any]:
        host = f"https://sns.{self.region}.amazonaws.com"
        return {
            "Type": "Notification",
            "MessageId": self.message_id,
            "TopicArn": self.topic,
            **({"Subject": self.subject} if self.subject else {}),
            "Message": self.message,
            "Timestamp": self.timestamp,
            "SignatureVersion": "1",
            "Signature": _SIGNATURE,
            "SigningCertURL": f"{host}/{_CERTIFICATE}",
            "UnsubscribeURL": f"{host}/?Action=Unsubscribe&SubscriptionArn={self.subscription}",
        }


def _queue_attribute(item: dict[str, Any]) -> dict[str, Any]:
    member = "BinaryValue" if item["Type"].startswith("Binary") else "StringValue"
    return {"DataType": item["Type"], member: item["Value"]}
