"""Sends notifications to queues and functions, as SNS in the name of the topic."""

from __future__ import annotations

import base64
import json

from localcloud.clock import Clock
from localcloud.cloud import Cloud
from localcloud.gateway.principals import service_principal
from localcloud.lambda_ import Lambda
from localcloud.retried_delivery import DeliveryFailed, RetriedDelivery, failures_of_delivery
from localcloud.sns.notification import Notification


class NotificationSender:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def send(self, notification: Notification) -> None:
        with failures_of_delivery():
            if notification.protocol == "sqs":
                self._send_message(notification, notification.endpoint)
            else:
                self._invoke(notification)

    def send_dead_letter(
        self, notification: Notification, _failure: DeliveryFailed, _condition: str | None
    ) -> None:
        """Send what the endpoint would have got; a reason does not come with it.

        https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
        """
        with failures_of_delivery():
            self._send_message(notification, notification.dead_letter_queue)

    def _send_message(self, notification: Notification, queue: str) -> None:
        region, account, name = queue.split(":")[3:]
        principal = service_principal("sns.amazonaws.com", notification.topic)
        params = notification.queue_message()
        for attribute in params.get("MessageAttributes", {}).values():
            if "BinaryValue" in attribute:
                attribute["BinaryValue"] = base64.b64decode(attribute["BinaryValue"])
        url = f"https://sqs.{region}.amazonaws.com/{account}/{name}"
        self._cloud.clients.client("sqs", region, principal).send_message(QueueUrl=url, **params)

    def _invoke(self, notification: Notification) -> None:
        self._cloud.get(Lambda).invoke(
            notification.endpoint,
            json.dumps(notification.lambda_event()).encode(),
            service_principal("sns.amazonaws.com", notification.topic),
            region=notification.endpoint.split(":")[3],
            invocation_type="Event",
        )


class NotificationDelivery(RetriedDelivery[Notification]):
    """https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html"""

    longest_delay = 20.0

    def __init__(self, clock: Clock, sender: NotificationSender) -> None:
        super().__init__(clock, sender, "sns")
