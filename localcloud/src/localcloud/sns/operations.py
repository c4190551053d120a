"""The SNS API: refuses what AWS would refuse and what is not emulated; moto does the rest.

https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
"""

import re
from typing import Any

from moto.sns.models import SNSBackend, Subscription, sns_backends

from localcloud.gateway import moto_bridge
from localcloud.gateway.answer import serialize
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.gateway.paging import Pager
from localcloud.gateway.service import Service
from localcloud.settings import ACCOUNT_ID

_LARGEST_MESSAGE = 256 * 1024  # bytes
_LONGEST_SUBJECT = 100
_NOT_DELIVERED = (
    "application", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs",
)  # fmt: skip
_PENDING = "PendingConfirmation"
_ARN = re.compile(r"arn:aws:sns:[a-z0-9-]+:\d{12}:\S+")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_TOPIC_NOT_EMULATED = re.compile(
    r"ArchivePolicy|ContentBasedDeduplication|Fifo\w+|(HTTP|SQS|Lambda|Firehose|Application)\w+"
)


def _invalid(reason: str) -> ApiError:
    return ApiError("InvalidParameter", f"Invalid parameter: {reason}", 400)


class Operations(Service):
    """Handler of ``sns``."""

    service = "sns"
    falls_through = True
    pager = Pager(100, "InvalidParameter", "Invalid parameter: NextToken")

    def create_topic(self, _: Call, **params: Any) -> None:
        for name in params.get("Attributes") or {}:
            _check_topic_attribute(name)

    def set_topic_attributes(self, _: Call, **params: Any) -> None:
        _check_topic_attribute(params["AttributeName"])

    def publish(self, _: Call, **params: Any) -> None:
        message, subject = params["Message"], params.get("Subject")
        if not params.get("TopicArn"):
            raise _invalid("TopicArn or TargetArn Reason: no value for required parameter")
        if not message:
            raise _invalid("Empty message")
        if len(message.encode()) > _LARGEST_MESSAGE:
            raise _invalid("Message too long")
        if subject is not None and not _is_subject(subject):
            raise _invalid("Subject")

    def subscribe(self, call: Call, **params: Any) -> Response:
        protocol, endpoint = params["Protocol"], params.get("Endpoint") or ""
        if protocol in _NOT_DELIVERED:
            raise not_emulated(f"SNS subscriptions with the protocol {protocol}")
        if protocol != "email":
            raise _invalid(f"Does not support this protocol string: {protocol}")
        if not _ADDRESS.fullmatch(endpoint):
            raise _invalid("Email address")
        with moto_bridge.service_lock("sns"):
            response = moto_bridge.dispatch(call)
            subscription = self._backend(call)._find_subscription(
                params["TopicArn"], endpoint, protocol
            )
        if response.status >= 300 or subscription is None:
            return response
        subscription.attributes[_PENDING] = "true"
        subscription.attributes["ConfirmationWasAuthenticated"] = "false"
        shows_arn = params.get("ReturnSubscriptionArn")
        arn = subscription.arn if shows_arn else "pending confirmation"
        return serialize(call, {"SubscriptionArn": arn})

    def unsubscribe(self, _: Call, **params: Any) -> None:
        arn = params["SubscriptionArn"]
        if not _ARN.fullmatch(arn):
            number = len(arn.split(":"))
            raise _invalid(
                f"SubscriptionArn Reason: An ARN must have at least 6 elements, not {number}"
            )

    def list_subscriptions(self, call: Call, **_: Any) -> dict[str, Any]:
        with moto_bridge.service_lock("sns"):
            subscriptions = list(self._backend(call).subscriptions.values())
        return {"Subscriptions": [_summary(subscription) for subscription in subscriptions]}

    def list_subscriptions_by_topic(self, call: Call, **params: Any) -> dict[str, Any]:
        topic = params["TopicArn"]
        if topic not in self._backend(call).topics:
            raise ApiError("NotFound", "Topic does not exist", 404)
        every = self.list_subscriptions(call)["Subscriptions"]
        return {"Subscriptions": [item for item in every if item["TopicArn"] == topic]}

    def get_topic_attributes(self, call: Call, **params: Any) -> None:
        """Set the numbers that moto shows."""
        if topic := self._backend(call).topics.get(params["TopicArn"]):
            topic.subscriptions_pending = len(
                self.list_subscriptions_by_topic(call, TopicArn=topic.arn)["Subscriptions"]
            )
            topic.subscriptions_confimed = 0

    def _backend(self, call: Call) -> SNSBackend:
        return sns_backends[ACCOUNT_ID][call.region]


def _check_topic_attribute(name: str) -> None:
    if _TOPIC_NOT_EMULATED.fullmatch(name):
        raise not_emulated(f"{name} of an SNS topic")


def _is_subject(text: str) -> bool:
    """ "Must be ASCII text that begins with a letter, number, or punctuation mark"."""
    is_plain = text.isascii() and text.isprintable()
    return 0 < len(text) <= _LONGEST_SUBJECT and is_plain and not text.startswith(" ")


def _summary(subscription: Subscription) -> dict[str, str]:
    return {
        "SubscriptionArn": _PENDING,
        "Owner": subscription.owner,
        "Protocol": subscription.protocol,
        "Endpoint": subscription.endpoint,
        "TopicArn": subscription.topic.arn,
    }
