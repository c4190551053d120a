"""The SNS API: refuses what AWS would refuse and what is not emulated; moto does the rest."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from moto.sns.models import SNSBackend, Subscription, sns_backends

from localcloud.gateway import moto_bridge
from localcloud.gateway.answer import serialize
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.sns.checks import (
    check_protocol,
    check_publish,
    check_subscription_attribute,
    check_topic_attribute,
    invalid,
)

_PENDING = "PendingConfirmation"
_TOKEN = re.compile("[0-9]{1,9}")
_ARN = re.compile(r"arn:aws:sns:[a-z0-9-]+:\d{12}:\S+")


class Operations:
    """Handler of ``sns``."""

    def __init__(self, account: str) -> None:
        self._account = account
        self._operations: dict[str, Callable[[Call, dict[str, Any]], Response | None]] = {
            "CreateTopic": self._create_topic,
            "GetTopicAttributes": self._count_subscriptions,
            "ListSubscriptions": self._list_subscriptions,
            "ListSubscriptionsByTopic": self._list_subscriptions,
            "Publish": self._publish,
            "PublishBatch": self._publish_batch,
            "SetSubscriptionAttributes": self._set_subscription_attribute,
            "SetTopicAttributes": self._set_topic_attribute,
            "Subscribe": self._subscribe,
            "Unsubscribe": self._unsubscribe,
        }

    def __call__(self, call: Call) -> Response | None:
        operation = self._operations.get(call.name)
        return operation(call, call.params) if operation else None

    def _create_topic(self, _: Call, params: dict[str, Any]) -> None:
        for name, value in (params.get("Attributes") or {}).items():
            check_topic_attribute(name, value)

    def _set_topic_attribute(self, _: Call, params: dict[str, Any]) -> None:
        check_topic_attribute(params["AttributeName"], params.get("AttributeValue") or "")

    def _set_subscription_attribute(self, _: Call, params: dict[str, Any]) -> None:
        check_subscription_attribute(params["AttributeName"], params.get("AttributeValue") or "")

    def _publish(self, _: Call, params: dict[str, Any]) -> None:
        for member in ("TargetArn", "PhoneNumber"):
            if params.get(member) and not _ARN.fullmatch(params[member]):
                raise not_emulated(f"{member} of Publish")
        if not params.get("TopicArn") and not params.get("TargetArn"):
            raise invalid("TopicArn or TargetArn Reason: no value for required parameter")
        check_publish(params)

    def _publish_batch(self, _: Call, params: dict[str, Any]) -> None:
        for entry in params["PublishBatchRequestEntries"]:
            check_publish(entry)

    def _subscribe(self, call: Call, params: dict[str, Any]) -> Response:
        protocol, endpoint = params["Protocol"], params.get("Endpoint") or ""
        check_protocol(protocol, endpoint)
        for name, value in (params.get("Attributes") or {}).items():
            check_subscription_attribute(name, value)
        with moto_bridge.service_lock("sns"):
            response = moto_bridge.dispatch(call)
            subscription = self._backend(call)._find_subscription(
                params["TopicArn"], endpoint, protocol
            )
        if response.status < 300 and subscription and protocol.startswith("email"):
            subscription.attributes[_PENDING] = "true"
            subscription.attributes["ConfirmationWasAuthenticated"] = "false"
            if not params.get("ReturnSubscriptionArn"):
                return serialize(call, {"SubscriptionArn": "pending confirmation"})
        return response

    def _unsubscribe(self, _: Call, params: dict[str, Any]) -> None:
        arn = params["SubscriptionArn"]
        if not _ARN.fullmatch(arn):
            number = len(arn.split(":"))
            raise invalid(
                f"SubscriptionArn Reason: An ARN must have at least 6 elements, not {number}"
            )

    def _list_subscriptions(self, call: Call, params: dict[str, Any]) -> Response:
        token = params.get("NextToken") or None
        if token and not _TOKEN.fullmatch(token):
            raise invalid("NextToken")
        with moto_bridge.service_lock("sns"):
            backend = self._backend(call)
            if call.name == "ListSubscriptionsByTopic":
                topic = params["TopicArn"]
                if topic not in backend.topics:
                    raise ApiError("NotFound", "Topic does not exist", 404)
                subscriptions, following = backend.list_subscriptions_by_topic(topic, token)
            else:
                subscriptions, following = backend.list_subscriptions(token)
            listed = [_summary(subscription) for subscription in subscriptions]
        following_page = {"NextToken": str(following)} if following else {}
        return serialize(call, {"Subscriptions": listed, **following_page})

    def _count_subscriptions(self, call: Call, params: dict[str, Any]) -> None:
        with moto_bridge.service_lock("sns"):
            backend = self._backend(call)
            topic = backend.topics.get(params["TopicArn"])
            if topic is None:
                return
            own = [item for item in backend.subscriptions.values() if item.topic is topic]
            topic.subscriptions_pending = sum(map(_is_pending, own))
            topic.subscriptions_confimed = len(own) - topic.subscriptions_pending

    def _backend(self, call: Call) -> SNSBackend:
        return sns_backends[self._account][call.region]


def _is_pending(subscription: Subscription) -> bool:
    return bool(subscription.attributes[_PENDING] == "true")


def _summary(subscription: Subscription) -> dict[str, str]:
    return {
        "SubscriptionArn": _PENDING if _is_pending(subscription) else subscription.arn,
        "Owner": subscription.owner,
        "Protocol": subscription.protocol,
        "Endpoint": subscription.endpoint,
        "TopicArn": subscription.topic.arn,
    }
