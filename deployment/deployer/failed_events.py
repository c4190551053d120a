"""`make replay-failures`: gives the events that a function gave up to the function once more.

Lambda puts an event that failed three times into a queue, with the error around it; EventBridge
puts one there that it could not deliver, as it is:
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from . import console
from .active_region import FunctionFailed, invoke
from .aws import PATIENT, QUICK, Aws
from .errors import DeployError
from .plan import Plan
from .run_commands import describe_deployment

FUNCTIONS = ("trigger", "emailer")
HIDDEN_SECONDS = 900  # for which nobody else receives a message that is being replayed


def replay_failures(aws: Aws, plan: Plan) -> None:
    """Replay both queues of both Regions. Raises DeployError if an event or a Region fails."""
    describe_deployment(aws, plan)
    failures = []
    for region in plan.settings.regions:
        for function in FUNCTIONS:
            try:
                failures += list(_replay(aws, plan, region, function))
            except (BotoCoreError, ClientError) as error:
                queue = plan.function(f"{function}-failures")
                failures.append(f"the queue {queue} does not answer in {region}: {error}")
    if failures:
        raise DeployError(
            f"FAILED: {'; '.join(failures)}. What failed is in its queue still: remove the cause, "
            "and run the same command again, which is safe."
        )


def _replay(aws: Aws, plan: Plan, region: str, function: str) -> Iterator[str]:
    """Empty a queue but for the events that fail again; yield what is wrong with these."""
    name, queue = plan.function(function), plan.function(f"{function}-failures")
    sqs = aws.client("sqs", region, QUICK)
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    replayed, failed = 0, []
    for message in _messages(sqs, url):
        try:
            invoke(aws, region, name, _event(message["Body"]), PATIENT)
        except (FunctionFailed, BotoCoreError, ClientError) as error:
            failed.append(message["ReceiptHandle"])
            yield f"{name} in {region}: {str(error).rstrip('.')}"
        else:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            replayed += 1
    for handle in failed:
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
    console.info(f"{queue} in {region}: {replayed} events replayed, {len(failed)} failed again")


def _messages(sqs: Any, url: str) -> Iterator[dict[str, Any]]:
    while messages := sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=10,
        VisibilityTimeout=HIDDEN_SECONDS,
        WaitTimeSeconds=2,  # asks all of SQS's servers, not a sample of them
    ).get("Messages"):
        yield from messages


def _event(body: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(body)
    event: dict[str, Any] = content.get("requestPayload", content)
    return event
