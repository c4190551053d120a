"""Where asynchronous events end: OnSuccess and OnFailure destinations, dead-letter queues. Sent as
the function's role.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.clock import iso
from localcloud.cloud import Cloud
from localcloud.gateway.errors import not_emulated
from localcloud.gateway.principals import role_session
from localcloud.lambda_.execution import Executor, Outcome
from localcloud.lambda_.model import Function
from localcloud.lambda_.queue import QueuedEvent

log = logging.getLogger(__name__)

_KINDS = ("sqs", "sns", "lambda")


def check_destination(arn: str) -> None:
    """Only what ``Destinations`` can reach."""
    if arn.split(":")[2] not in _KINDS:
        raise not_emulated(f"the Lambda destination {arn}")


class Destinations:
    """Callable as the queue's ``deliver``."""

    def __init__(self, cloud: Cloud, executor: Executor) -> None:
        self._cloud = cloud
        self._executor = executor

    def __call__(
        self, function: Function, queued: QueuedEvent, outcome: Outcome | None, condition: str
    ) -> None:
        config = function.async_configs.get(queued.ref.qualifier, {})
        kind = "OnSuccess" if condition == "Success" else "OnFailure"
        target = config.get("DestinationConfig", {}).get(kind, {}).get("Destination")
        dead_letters = function.latest.configuration.get("DeadLetterConfig", {}).get("TargetArn")
        if target:
            record = self._record(function, queued, outcome, condition)
            body = json.dumps(record, separators=(",", ":"))
            self._send(
                function,
                "DestinationDeliveryFailures",
                lambda: self._deliver(function, target, body),
            )
        if kind == "OnFailure" and dead_letters:
            self._send(
                function,
                "DeadLetterErrors",
                lambda: self._dead_letter(function, dead_letters, queued, outcome),
            )
        if kind == "OnFailure" and not target and not dead_letters:
            self._executor.count(function, "AsyncEventsDropped")

    def _send(self, function: Function, metric: str, send: Callable[[], None]) -> None:
        try:
            send()
        except (ClientError, BotoCoreError) as error:
            log.warning("not delivered: %s", error, extra={"function": function.name})
            self._executor.count(function, metric)

    def _client(self, function: Function, arn: str) -> Any:
        service, region = arn.split(":")[2:4]
        principal = role_session(function.latest.role, function.name)
        return self._cloud.clients.client(service, region, principal)

    def _deliver(self, function: Function, arn: str, body: str) -> None:
        client = self._client(function, arn)
        match arn.split(":")[2]:
            case "sqs":
                client.send_message(QueueUrl=_queue_url(arn), MessageBody=body)
            case "sns":
                client.publish(TopicArn=arn, Message=body)
            case "lambda":
                client.invoke(FunctionName=arn, InvocationType="Event", Payload=body.encode())

    def _dead_letter(
        self, function: Function, arn: str, queued: QueuedEvent, outcome: Outcome | None
    ) -> None:
        """The event itself, with attributes that say what went wrong."""
        error = json.loads(outcome.payload).get("errorMessage", "") if outcome else ""
        attributes = {
            "RequestID": {"DataType": "String", "StringValue": queued.event.request_id},
            "ErrorCode": {"DataType": "Number", "StringValue": "200" if outcome else "429"},
            "ErrorMessage": {"DataType": "String", "StringValue": error[:1024] or "-"},
        }
        client, body = self._client(function, arn), queued.event.payload.decode()
        if arn.split(":")[2] == "sqs":
            client.send_message(
                QueueUrl=_queue_url(arn), MessageBody=body, MessageAttributes=attributes
            )
        else:
            client.publish(TopicArn=arn, Message=body, MessageAttributes=attributes)

    def _record(
        self, function: Function, queued: QueuedEvent, outcome: Outcome | None, condition: str
    ) -> dict[str, Any]:
        record: dict[str, Any] = {
            "version": "1.0",
            "timestamp": iso(self._cloud.clock.now()),
            "requestContext": {
                "requestId": queued.event.request_id,
                "functionArn": function.arn(queued.ref.qualifier or "$LATEST"),
                "condition": condition,
                "approximateInvokeCount": queued.attempts,
            },
            "requestPayload": json.loads(queued.event.payload),
        }
        if outcome:
            context: dict[str, Any] = {"statusCode": 200, "executedVersion": outcome.version.number}
            if outcome.failure:
                context["functionError"] = "Unhandled"
            record["responseContext"] = context
            record["responsePayload"] = json.loads(outcome.payload)
        return record


def _queue_url(arn: str) -> str:
    _, _, _, region, account, name = arn.split(":")
    return f"https://sqs.{region}.amazonaws.com/{account}/{name}"
