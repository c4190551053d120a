"""What a rule's targets are sent, as EventBridge in the name of the rule; and dead letters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.cloud import Cloud
from localcloud.events.delivery import DeliveryFailed, QueuedEvent
from localcloud.gateway.errors import ApiError
from localcloud.gateway.gateway import ConnectionCut
from localcloud.gateway.principals import Principal, service_principal

KINDS = ("lambda", "sqs", "sns")
_THROTTLED = 429


class TargetSender:
    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def send(self, queued: QueuedEvent) -> None:
        arn = queued.target["Arn"]
        body = queued.target.get("Input") or _json(queued.event)
        with _told_as_undelivered():
            match arn.split(":")[2]:
                case "lambda":
                    self._invoke(arn, body, _in_the_name_of(queued))
                case "sqs":
                    group = queued.target.get("SqsParameters", {})
                    self._client(queued, arn).send_message(
                        QueueUrl=_queue_url(arn), MessageBody=body, **group
                    )
                case "sns":
                    self._client(queued, arn).publish(TopicArn=arn, Message=body)

    def send_dead_letter(
        self, queued: QueuedEvent, failure: DeliveryFailed, condition: str | None
    ) -> None:
        """The event itself, with attributes that say what went wrong.

        https://docs.aws.amazon.com/eventbridge/latest/userguide/rule-dlq.html
        """
        arn = queued.target["DeadLetterConfig"]["Arn"]
        texts = {
            "RULE_ARN": queued.rule,
            "TARGET_ARN": queued.target["Arn"],
            "ERROR_CODE": failure.code,
            "ERROR_MESSAGE": failure.message or failure.code,
            "RETRY_ATTEMPTS": str(queued.retries),
        }
        if condition:
            texts["EXHAUSTED_RETRY_CONDITION"] = condition
        attributes = {
            name: {"DataType": "String", "StringValue": text} for name, text in texts.items()
        }
        with _told_as_undelivered():
            self._client(queued, arn).send_message(
                QueueUrl=_queue_url(arn),
                MessageBody=_json(queued.event),
                MessageAttributes=attributes,
            )

    def _client(self, queued: QueuedEvent, arn: str) -> Any:
        service = arn.split(":")[2]
        return self._cloud.clients.client(service, queued.region, _in_the_name_of(queued))

    def _invoke(self, arn: str, body: str, principal: Principal) -> None:
        """Asynchronously: Lambda has taken the event, and tries again by its own rules."""
        from localcloud.lambda_ import Lambda  # late: a cloud may do without it

        self._cloud.get(Lambda).invoke(
            arn, body.encode(), principal, region=arn.split(":")[3], invocation_type="Event"
        )


def _in_the_name_of(queued: QueuedEvent) -> Principal:
    return service_principal("events.amazonaws.com", queued.rule)


@contextmanager
def _told_as_undelivered() -> Iterator[None]:
    """Tried again are 5xx and 429, and what had no answer; nothing else.

    https://repost.aws/knowledge-center/eventbridge-resolve-failedinvocation-errors
    """
    try:
        yield
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        raise _undelivered(error.response["Error"]["Code"], str(error), status) from error
    except ApiError as error:
        raise _undelivered(error.code, error.message, error.status or 400) from error
    except (BotoCoreError, ConnectionCut) as error:
        raise DeliveryFailed("CONNECTION_FAILURE", str(error), retriable=True) from error


def _undelivered(code: str, message: str, status: int) -> DeliveryFailed:
    if "AccessDenied" in code or code in ("AuthorizationError", "KMSAccessDeniedException"):
        return DeliveryFailed("NO_PERMISSIONS", message, retriable=False)
    if "NotFound" in code or "NonExistentQueue" in code or "QueueDoesNotExist" in code:
        return DeliveryFailed("NO_RESOURCE", message, retriable=False)
    if status == _THROTTLED or "Throttl" in code:
        return DeliveryFailed("THROTTLING", message, retriable=True)
    named = "INVALID_PARAMETER" if status < 500 else "UNKNOWN"
    return DeliveryFailed(named, message, retriable=status >= 500)


def _json(event: dict[str, Any]) -> str:
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False)


def _queue_url(arn: str) -> str:
    _, _, _, region, account, name = arn.split(":")
    return f"https://sqs.{region}.amazonaws.com/{account}/{name}"
