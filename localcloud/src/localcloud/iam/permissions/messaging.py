"""SNS topics and SQS queues."""

from __future__ import annotations

from localcloud.gateway.identify import Call
from localcloud.iam.permissions.encryption import of_queue, of_topic
from localcloud.iam.permissions.model import Permission, Table, arguments

_SNS = Table(
    "sns",
    {
        "Publish": "{TopicArn}",
        "PublishBatch": "{TopicArn}",
        "CreateTopic": "{arn}{Name}",
        "ListTopics": "*",
        "ListSubscriptions": "*",
        "Unsubscribe": "*",
        "GetSubscriptionAttributes": "*",
        "SetSubscriptionAttributes": "*",
        "TagResource": "{ResourceArn}",
        "UntagResource": "{ResourceArn}",
        "ListTagsForResource": "{ResourceArn}",
        **dict.fromkeys(
            (
                "Subscribe", "ConfirmSubscription", "DeleteTopic", "GetTopicAttributes",
                "SetTopicAttributes", "ListSubscriptionsByTopic", "AddPermission",
                "RemovePermission",
            ),
            "{TopicArn}",
        ),
    },
    {"PublishBatch": "Publish"},
)  # fmt: skip
_SQS_ACTIONS = {
    "SendMessageBatch": "SendMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
}


def sns(call: Call, account: str) -> list[Permission]:
    if call.name == "Publish" and not call.params.get("TopicArn"):
        # A text message to a telephone has no resource; an application endpoint has its own.
        return [Permission("sns:Publish", str(call.params.get("TargetArn") or "*"))]
    [permission] = _SNS.permissions(call, account)
    if permission.action == "sns:Publish":
        return [permission, *of_topic(call, permission.resource, account)]
    if call.name == "Subscribe":
        given = call.params
        return [
            Permission(
                permission.action,
                permission.resource,
                lambda: {
                    "sns:Protocol": str(given.get("Protocol", "")),
                    "sns:Endpoint": str(given.get("Endpoint", "")),
                },
            )
        ]
    return [permission]


def sqs(call: Call, account: str) -> list[Permission]:
    """A queue is named by its URL, ``https://sqs.<region>.amazonaws.com/<account>/<name>``."""
    action = f"sqs:{_SQS_ACTIONS.get(call.name, call.name)}"
    if call.name == "ListQueues":
        return [Permission(action, "*")]
    given = arguments(call)
    if call.name in ("StartMessageMoveTask", "ListMessageMoveTasks"):
        return [Permission(action, str(given["SourceArn"]))]
    name = str(given.get("QueueName") or str(given["QueueUrl"]).rsplit("/", 1)[-1])
    arn = f"arn:aws:sqs:{call.region}:{account}:{name}"
    operation = action.removeprefix("sqs:")
    return [Permission(action, arn), *of_queue(call, arn, account, operation)]
