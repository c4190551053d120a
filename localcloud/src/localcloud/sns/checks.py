"""What SNS refuses, in its words, and what is not emulated.

https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from localcloud.gateway.errors import ApiError, not_emulated

_LARGEST_MESSAGE = 256 * 1024  # bytes
_LONGEST_SUBJECT = 100
_NOT_DELIVERED = ("http", "https", "sms", "application", "firehose")
_ENDPOINTS = {
    "sqs": (re.compile(r"arn:aws:sqs:[a-z0-9-]+:\d{12}:[\w.-]+"), "SQS endpoint ARN"),
    "lambda": (
        re.compile(r"arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(:[\w$-]+)?"),
        "Lambda endpoint ARN",
    ),
    "email": (re.compile(r"[^@\s]+@[^@\s]+"), "Email address"),
    "email-json": (re.compile(r"[^@\s]+@[^@\s]+"), "Email address"),
}
_TOPIC_NOT_EMULATED = ("ArchivePolicy", "FifoThroughputScope")
_FEEDBACK = re.compile(r"(HTTP|SQS|Lambda|Firehose|Application)\w*Feedback\w*")


def check_protocol(protocol: str, endpoint: str) -> None:
    if protocol in _NOT_DELIVERED:
        raise not_emulated(f"SNS subscriptions with the protocol {protocol}")
    if protocol not in _ENDPOINTS:
        raise invalid(f"Does not support this protocol string: {protocol}")
    pattern, noun = _ENDPOINTS[protocol]
    if not pattern.fullmatch(endpoint):
        raise invalid(noun)


def check_publish(params: dict[str, Any]) -> None:
    message, subject = params.get("Message") or "", params.get("Subject")
    if not message:
        raise invalid("Empty message")
    if len(message.encode()) > _LARGEST_MESSAGE:
        raise invalid("Message too long")
    if subject is not None and not _is_subject(subject):
        raise invalid("Subject")
    structure = params.get("MessageStructure")
    if structure == "json":
        _check_structure(message)
    elif structure:
        raise invalid("MessageStructure")


def check_subscription_attribute(name: str, value: str) -> None:
    if name == "FilterPolicy" and value and not isinstance(_parse(value), dict):
        raise invalid("FilterPolicy: failed to parse JSON.")
    if name == "FilterPolicyScope" and value not in ("MessageAttributes", "MessageBody"):
        raise invalid(
            f"FilterPolicyScope: Invalid value [{value}]. Please use either MessageBody or "
            "MessageAttributes"
        )
    if name == "RawMessageDelivery" and value.lower() not in ("true", "false"):
        raise invalid(
            f"Attributes Reason: RawMessageDelivery: Invalid value [{value}]. "
            "Must be true or false."
        )
    if name == "RedrivePolicy" and value:
        _check_redrive(_parse(value))
    if name in ("ReplayPolicy", "SubscriptionRoleArn"):
        raise not_emulated(f"{name} of an SNS subscription")


def check_topic_attribute(name: str, value: str) -> None:
    if name in _TOPIC_NOT_EMULATED or _FEEDBACK.fullmatch(name):
        raise not_emulated(f"{name} of an SNS topic")
    if name == "Policy" and not isinstance(_parse(value), dict):
        raise invalid("Policy Error: null")


def invalid(reason: str) -> ApiError:
    return ApiError("InvalidParameter", f"Invalid parameter: {reason}", 400)


def _is_subject(text: str) -> bool:
    """ "Must be ASCII text that begins with a letter, number, or punctuation mark"."""
    is_plain = text.isascii() and text.isprintable()
    return 0 < len(text) <= _LONGEST_SUBJECT and is_plain and not text.startswith(" ")


def _check_structure(message: str) -> None:
    body = _parse(message)
    if not isinstance(body, dict):
        raise invalid("Message Structure - JSON message body failed to parse")
    if not isinstance(body.get("default"), str):
        raise invalid("Message Structure - No default entry in JSON message body")


def _check_redrive(policy: Any) -> None:
    if not isinstance(policy, dict):
        raise invalid("RedrivePolicy: failed to parse JSON.")
    if not policy:
        return  # takes the policy away
    arn = policy.get("deadLetterTargetArn")
    pattern, _ = _ENDPOINTS["sqs"]
    if not isinstance(arn, str) or not pattern.fullmatch(arn):
        raise invalid("RedrivePolicy: deadLetterTargetArn is an invalid arn")


def _parse(text: str) -> Any:
    """Return None if ``text`` is not JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return None
