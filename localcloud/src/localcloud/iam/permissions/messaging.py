"""SNS topics and SQS queues, and the customer's keys that encrypt them.

https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
"""

from collections.abc import Iterable
from typing import Any

from moto.backends import get_backend

from localcloud.gateway.identify import Call
from localcloud.iam.permissions.aws_list import resource_types
from localcloud.iam.permissions.model import Permission, arguments
from localcloud.iam.permissions.table import Table
from localcloud.settings import ACCOUNT_ID

SNS = Table("sns", {"topic": "{TopicArn|ResourceArn|Name}"})
SQS_ACTIONS = {
    "SendMessageBatch": "SendMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
}
# What sending to a queue or receiving from it does with the queue's key.
_QUEUE_KEY = {"SendMessage": ("GenerateDataKey", "Decrypt"), "ReceiveMessage": ("Decrypt",)}
# AWS's own keys: callers of the account are let through by their policy, services are not.
_MANAGED_BY_AWS = ("alias/aws/sns", "alias/aws/sqs")


def sns(call: Call) -> list[Permission]:
    params = call.params
    if subscription := params.get("SubscriptionArn"):
        return [Permission(f"sns:{call.name}", subscription.rsplit(":", 1)[0])]
    [permission] = SNS.permissions(call)
    action, arn = permission.action, permission.resource
    if action == "sns:Publish":
        topic = _backend("sns", call).topics.get(arn)
        key = topic.kms_master_key_id if topic else None
        return [permission, *_on_key(call, key, ("GenerateDataKey", "Decrypt"))]
    if call.name == "Subscribe":
        keys = {f"sns:{name}": str(params.get(name, "")) for name in ("Protocol", "Endpoint")}
        return [Permission(action, arn, lambda: keys)]
    return [permission]


def sqs(call: Call) -> list[Permission]:
    """A queue is named by its URL, ``https://sqs.<region>.amazonaws.com/<account>/<name>``."""
    name, params = SQS_ACTIONS.get(call.name, call.name), arguments(call)
    action, types = f"sqs:{name}", resource_types("sqs", name)
    if not types:
        return [Permission(action, "*")]
    queue_name = params.get("QueueName") or params["QueueUrl"].rsplit("/", 1)[-1]
    queue = _backend("sqs", call).queues.get(queue_name)
    key = getattr(queue, "kms_master_key_id", None)
    permission = Permission(action, f"arn:aws:sqs:{call.region}:{ACCOUNT_ID}:{queue_name}")
    return [permission, *_on_key(call, key, _QUEUE_KEY.get(name, ()))]


def _on_key(call: Call, key: str | None, actions: Iterable[str]) -> list[Permission]:
    """Who sends to a topic or queue must be allowed to use its key."""
    if not key or (key.endswith(_MANAGED_BY_AWS) and not call.principal.service):
        return []
    arn = key_arn(call, key)
    return [Permission(f"kms:{action}", arn) for action in actions]


def key_arn(call: Call, key: str) -> str:
    """By id, alias or the ARN of either; no policy allows the name of an unknown alias."""
    if key.startswith("arn:") and ":key/" in key:
        return key
    kms = _backend("kms", call)
    name = key.rsplit(":", 1)[-1]
    key_id = kms.get_key_id_from_alias(name) if name.startswith("alias/") else name
    return f"arn:aws:kms:{call.region}:{ACCOUNT_ID}:" + (f"key/{key_id}" if key_id else name)


def _backend(service: str, call: Call) -> Any:
    return get_backend(service)[ACCOUNT_ID][call.region]  # type: ignore[call-overload]  # names are literals in moto
