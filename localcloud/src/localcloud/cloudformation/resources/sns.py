"""Amazon SNS: topics, their subscriptions and policies."""

import json
from typing import Any

from localcloud.cloudformation.resources.api_calls import Calls, Tagging
from localcloud.cloudformation.resources.api_resource import ApiResource
from localcloud.cloudformation.resources.attached_policy import AttachedPolicy
from localcloud.cloudformation.resources.attribute_resource import AttributeResource
from localcloud.cloudformation.resources.context import (
    Properties,
    ResourceContext,
    ignore_missing,
    names,
    pick,
)
from localcloud.settings import ACCOUNT_ID

_OWNER_MAY = names(
    "GetTopicAttributes SetTopicAttributes AddPermission RemovePermission DeleteTopic Subscribe "
    "ListSubscriptionsByTopic Publish"
)
_TOPIC_DEFAULTS = {
    "DisplayName": "",
    "KmsMasterKeyId": "",
    "SignatureVersion": "1",
    "TracingConfig": "PassThrough",
}


class Topic(AttributeResource):
    def set_children(self, context: ResourceContext) -> None:
        """Add the new subscriptions that the topic lists."""
        # What nobody has confirmed has no ARN to unsubscribe by, and SNS drops it by itself.
        _, added = context.difference("Subscription")
        for item in added:
            subscription = pick(item, "Protocol", "Endpoint")
            self.client(context).subscribe(TopicArn=context.physical_id, **subscription)


class Subscription(ApiResource):
    """An e-mail subscription is pending until its owner confirms it."""

    def gaps(self, region: str, properties: Properties) -> list[str]:
        protocol = properties.get("Protocol")
        gaps = [] if protocol in ("email", None) else [f"SNS subscriptions by {protocol}"]
        return [*super().gaps(region, properties), *gaps]


class TopicPolicy(AttachedPolicy):
    def targets(self, properties: Properties) -> set[str]:
        return set(properties.get("Topics", []))

    def attach(self, context: ResourceContext, target: str) -> None:
        self._set_policy(context, target, context.properties["PolicyDocument"])

    def detach(self, context: ResourceContext, target: str) -> None:
        """Go back to the default policy: a topic always has one, and its owner may do all."""
        statement = {
            "Sid": "__default_statement_ID",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": [f"SNS:{action}" for action in sorted(_OWNER_MAY)],
            "Resource": target,
            "Condition": {"StringEquals": {"AWS:SourceOwner": ACCOUNT_ID}},
        }
        policy = {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}
        ignore_missing(self._set_policy, "NotFound", context=context, topic=target, document=policy)

    def _set_policy(self, context: ResourceContext, topic: str, document: Any) -> None:
        context.client("sns").set_topic_attributes(
            TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(document)
        )


PROVIDERS = (
    Topic(
        type="AWS::SNS::Topic",
        supported=names("Subscription Tags TopicName").union(_TOPIC_DEFAULTS),
        calls=Calls("create_topic", "delete_topic", lookup="get_topic_attributes"),
        missing="NotFound",
        key="TopicArn",
        unique_name="TopicName",
        lookup_id="arn:aws:sns:{region}:{account}:{id}",
        renamed={"TopicName": "Name"},
        attribute_defaults=_TOPIC_DEFAULTS,
        attributes_set_by="set_topic_attributes",
        also_changeable=names("Subscription"),
        tagging=Tagging("ResourceArn"),
        attributes={"TopicArn": "{id}", "TopicName": "{name}"},
    ),
    Subscription(
        type="AWS::SNS::Subscription",
        supported=names("Endpoint Protocol TopicArn"),
        calls=Calls("subscribe", "unsubscribe"),
        missing="NotFound",
        create_params={"ReturnSubscriptionArn": True},
        key="SubscriptionArn",
        attributes={"Arn": "{id}"},
    ),
    TopicPolicy(type="AWS::SNS::TopicPolicy", supported=names("PolicyDocument Topics")),
)
