"""The ends of asynchronous events: OnSuccess and OnFailure destinations.

Events are sent as the function's role.
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

import json
import logging
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.clock import iso
from localcloud.cloud import Cloud
from localcloud.gateway.principals import role_session
from localcloud.lambda_.arns import LATEST
from localcloud.lambda_.async_queue import QueuedEvent
from localcloud.lambda_.executor import Executor, InvokeResult
from localcloud.lambda_.model import Function

log = logging.getLogger(__name__)


class Destinations:
    """``deliver`` takes the events that the queue has finished."""

    def __init__(self, cloud: Cloud, executor: Executor) -> None:
        self._cloud = cloud
        self._executor = executor

    def deliver(
        self, function: Function, queued: QueuedEvent, result: InvokeResult | None, condition: str
    ) -> None:
        config = function.async_config
        kind = "OnSuccess" if condition == "Success" else "OnFailure"
        target = config.get("DestinationConfig", {}).get(kind, {}).get("Destination")
        if target:
            record = self._record(function, queued, result, condition)
            try:
                self._send(function, target, json.dumps(record, separators=(",", ":")))
            except (ClientError, BotoCoreError) as error:
                log.warning("not delivered: %s", error, extra={"function": function.name})
                self._executor.count(function, "DestinationDeliveryFailures")
        elif kind == "OnFailure":
            self._executor.count(function, "AsyncEventsDropped")

    def _send(self, function: Function, arn: str, body: str) -> None:
        region, account, name = arn.split(":")[3:]
        principal = role_session(function.latest.role, function.name)
        client = self._cloud.clients.client("sqs", region, principal)
        url = f"https://sqs.{region}.amazonaws.com/{account}/{name}"
        client.send_message(QueueUrl=url, MessageBody=body)

    def _record(
        self, function: Function, queued: QueuedEvent, result: InvokeResult | None, condition: str
    ) -> dict[str, Any]:
        record: dict[str, Any] = {
            "version": "1.0",
            "timestamp": iso(self._cloud.clock.now()),
            "requestContext": {
                "requestId": queued.event.request_id,
                "functionArn": f"{function.arn}:{LATEST}",
                "condition": condition,
                "approximateInvokeCount": queued.attempts,
            },
            "requestPayload": json.loads(queued.event.payload),
        }
        if result:
            context = {"statusCode": 200, "executedVersion": result.executed_version}
            if result.function_error:
                context["functionError"] = result.function_error
            record["responseContext"] = context
            record["responsePayload"] = json.loads(result.payload)
        return record
