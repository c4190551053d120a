"""Amazon SQS: queues and their policies."""

import json

from localcloud.cloudformation.resources.api_calls import Calls, Tagging
from localcloud.cloudformation.resources.attached_policy import AttachedPolicy
from localcloud.cloudformation.resources.attribute_resource import AttributeResource
from localcloud.cloudformation.resources.context import (
    Properties,
    ResourceContext,
    ignore_missing,
    names,
)

_MISSING = "AWS.SimpleQueueService.NonExistentQueue QueueDoesNotExist"
_DEFAULTS = {
    "DelaySeconds": 0,
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


class QueuePolicy(AttachedPolicy):
    def targets(self, properties: Properties) -> set[str]:
        return set(properties.get("Queues", []))

    def attach(self, context: ResourceContext, target: str) -> None:
        policy = {"Policy": json.dumps(context.properties["PolicyDocument"])}
        context.client("sqs").set_queue_attributes(QueueUrl=target, Attributes=policy)

    def detach(self, context: ResourceContext, target: str) -> None:
        set_attributes = context.client("sqs").set_queue_attributes
        ignore_missing(
            set_attributes, *_MISSING.split(), QueueUrl=target, Attributes={"Policy": ""}
        )


PROVIDERS = (
    AttributeResource(
        type="AWS::SQS::Queue",
        supported=names("QueueName Tags").union(_DEFAULTS),
        calls=Calls("create_queue", "delete_queue", lookup="get_queue_url"),
        missing=_MISSING,
        key="QueueUrl",
        unique_name="QueueName",
        name_limit=80,
        attribute_defaults=_DEFAULTS,
        attributes_set_by="set_queue_attributes",
        tagging=Tagging("QueueUrl", tag="tag_queue", untag="untag_queue"),
        attributes={
            "Arn": "arn:aws:sqs:{region}:{account}:{name}",
            "QueueName": "{name}",
            "QueueUrl": "{id}",
        },
    ),
    QueuePolicy(type="AWS::SQS::QueuePolicy", supported=names("PolicyDocument Queues")),
)
