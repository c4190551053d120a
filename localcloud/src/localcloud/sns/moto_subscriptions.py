"""Takes over what moto's subscriptions do with a message of their topic."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.core.utils import iso_8601_datetime_with_milliseconds
from moto.sns.models import Subscription

from localcloud.sns.notification import Notification

_DELIVERED = ("sqs", "lambda")
_moto_publish = Subscription.publish


def hand_over(enqueue: Callable[[Notification], None]) -> Callable[[], None]:
    """Enqueue what passes a subscription's filter, in this process; return what undoes it."""

    def publish(self: Subscription, message: str, message_id: str, **options: Any) -> None:
        if self.protocol not in _DELIVERED:
            return  # an e-mail, which nobody has confirmed
        attributes = options.get("message_attributes") or {}
        matcher = self._filter_policy_matcher
        if matcher is None or matcher.matches(attributes, message):
            enqueue(_notification(self, message, message_id, attributes, options))

    def restore() -> None:
        Subscription.publish = _moto_publish  # type: ignore[method-assign]  # as moto made it

    Subscription.publish = publish  # type: ignore[method-assign,assignment]  # moto has no hook
    return restore


def _notification(
    subscription: Subscription,
    message: str,
    message_id: str,
    attributes: dict[str, Any],
    options: dict[str, Any],
) -> Notification:
    if options.get("message_structure") == "json":
        by_protocol = json.loads(message)
        message = by_protocol.get(subscription.protocol, by_protocol["default"])
    redrive = subscription.attributes.get("RedrivePolicy")
    queue = json.loads(redrive).get("deadLetterTargetArn", "") if redrive else ""
    return Notification(
        topic=subscription.topic.arn,
        subscription=subscription.arn,
        protocol=subscription.protocol,
        endpoint=subscription.endpoint,
        message_id=message_id,
        message=message,
        subject=options.get("subject"),
        attributes=attributes,
        timestamp=iso_8601_datetime_with_milliseconds(),
        is_raw=bool(subscription.attributes.get("RawMessageDelivery")),
        dead_letter_queue=queue,
        group_id=options.get("group_id"),
        deduplication_id=options.get("deduplication_id"),
    )
