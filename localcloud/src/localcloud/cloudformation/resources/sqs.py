"""Amazon SQS."""

from __future__ import annotations

import json
from typing import Any

from localcloud.cloudformation.resources.provider import (
    Props,
    ResourceType,
    Site,
    changed,
    gone,
    names,
)
from localcloud.cloudformation.templates.template import text_of

_GONE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
# Attribute → its default, which an update that drops the property goes back to.
_ATTRIBUTES: dict[str, Any] = {
    "ContentBasedDeduplication": False,
    "DeduplicationScope": "queue",
    "DelaySeconds": 0,
    "FifoThroughputLimit": "perQueue",
    "KmsDataKeyReusePeriodSeconds": 300,
    "KmsMasterKeyId": "",
    "MaximumMessageSize": 1048576,
    "MessageRetentionPeriod": 345600,
    "ReceiveMessageWaitTimeSeconds": 0,
    "RedriveAllowPolicy": "",
    "RedrivePolicy": "",
    "SqsManagedSseEnabled": True,
    "VisibilityTimeout": 30,
}


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, dict) else text_of(value)


class Queue(ResourceType):
    type = "AWS::SQS::Queue"
    named_by = "QueueName"
    consumes = frozenset({*_ATTRIBUTES, "FifoQueue", "QueueName", "Tags"})

    def create(self, site: Site, props: Props) -> str:
        fifo = props.get("FifoQueue", False)
        name = props.get("QueueName") or site.name(75) + (".fifo" if fifo else "")
        site.must_be_new(name, site.client("sqs").get_queue_url, QueueName=name)
        keys = [*_ATTRIBUTES, "FifoQueue"]
        tags = {item["Key"]: item["Value"] for item in props.get("Tags", [])}
        url: str = site.client("sqs").create_queue(
            QueueName=name,
            Attributes={key: _text(props[key]) for key in keys if key in props},
            **({"tags": tags} if tags else {}),
        )["QueueUrl"]
        return url

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        name = physical_id.rpartition("/")[2]
        arn = f"arn:aws:sqs:{site.region}:{site.account_id}:{name}"
        return {"Arn": arn, "QueueName": name, "QueueUrl": physical_id}

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        sqs = site.client("sqs")
        wanted = {
            key: _text(new.get(key, default))
            for key, default in _ATTRIBUTES.items()
            if changed(old, new, key)
        }
        if wanted:
            sqs.set_queue_attributes(QueueUrl=physical_id, Attributes=wanted)
        if changed(old, new, "Tags"):
            tags = {item["Key"]: item["Value"] for item in new.get("Tags", [])}
            dropped = [item["Key"] for item in old.get("Tags", []) if item["Key"] not in tags]
            if dropped:
                sqs.untag_queue(QueueUrl=physical_id, TagKeys=dropped)
            if tags:
                sqs.tag_queue(QueueUrl=physical_id, Tags=tags)

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        gone(site.client("sqs").delete_queue, *_GONE, QueueUrl=physical_id)


class QueuePolicy(ResourceType):
    type = "AWS::SQS::QueuePolicy"
    consumes = names("PolicyDocument Queues")

    def create(self, site: Site, props: Props) -> str:
        site.created(physical_id := site.name())
        self._set(site, set(props["Queues"]), json.dumps(props["PolicyDocument"]))
        return physical_id

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        return {"Id": physical_id}

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:  # noqa: ARG002
        self._set(site, set(new["Queues"]), json.dumps(new["PolicyDocument"]))
        self._set(site, set(old["Queues"]) - set(new["Queues"]), "")

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        self._set(site, set(props["Queues"]), "")

    def _set(self, site: Site, queues: set[str], document: str) -> None:
        for queue in queues:
            put = site.client("sqs").set_queue_attributes
            if document:
                put(QueueUrl=queue, Attributes={"Policy": document})
            else:
                gone(put, *_GONE, QueueUrl=queue, Attributes={"Policy": ""})


TYPES = (Queue, QueuePolicy)
