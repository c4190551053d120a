"""Keys of the customer's own: who sends to a topic or queue must be allowed to use it.

https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
"""

from __future__ import annotations

from typing import Any

from moto.backends import get_backend

from localcloud.gateway.identify import Call
from localcloud.iam.permissions.model import Permission

# AWS's own keys: callers of the account are let through by their policy, services are not.
_MANAGED_BY_AWS = ("alias/aws/sns", "alias/aws/sqs")


def of_topic(call: Call, arn: str, account: str) -> list[Permission]:
    topic = _backend("sns", call, account).topics.get(arn)
    key = topic.kms_master_key_id if topic else None
    return _on_key(call, account, key, ("GenerateDataKey", "Decrypt"))


def of_queue(call: Call, arn: str, account: str, operation: str) -> list[Permission]:
    queue = _backend("sqs", call, account).queues.get(arn.rsplit(":", 1)[-1])
    key = getattr(queue, "kms_master_key_id", None)
    if operation == "SendMessage":
        return _on_key(call, account, key, ("GenerateDataKey", "Decrypt"))
    return _on_key(call, account, key, ("Decrypt",) if operation == "ReceiveMessage" else ())


def _on_key(
    call: Call, account: str, key: str | None, actions: tuple[str, ...]
) -> list[Permission]:
    if not key or (key.endswith(_MANAGED_BY_AWS) and not call.principal.service):
        return []
    arn = _key_arn(call, account, key)
    return [Permission(f"kms:{action}", arn) for action in actions]


def _key_arn(call: Call, account: str, key: str) -> str:
    """By id, alias or the ARN of either; an unknown one keeps its name, which nobody allows."""
    if key.startswith("arn:") and ":key/" in key:
        return key
    kms = _backend("kms", call, account)
    name = key.rsplit(":", 1)[-1]
    found = name if name in kms.keys else kms.get_key_id_from_alias(name)
    return f"arn:aws:kms:{call.region}:{account}:" + (f"key/{found}" if found else name)


def _backend(service: str, call: Call, account: str) -> Any:
    return get_backend(service)[account][call.region]  # type: ignore[call-overload]  # names are literals in moto
