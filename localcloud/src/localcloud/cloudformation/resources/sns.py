"""Amazon SNS."""

from __future__ import annotations

import json
from typing import Any

from localcloud.cloudformation.resources.provider import (
    Props,
    ResourceType,
    Site,
    changed,
    given,
    gone,
    names,
    tag_changes,
)
from localcloud.cloudformation.templates.template import text_of

_GONE = "NotFound"
# Attribute → its default, which an update that drops the property goes back to.
_TOPIC: dict[str, Any] = {
    "ContentBasedDeduplication": False,
    "DisplayName": "",
    "FifoTopic": False,
    "KmsMasterKeyId": "",
    "SignatureVersion": "1",
    "TracingConfig": "PassThrough",
}
_SUBSCRIPTION: dict[str, Any] = {
    "DeliveryPolicy": {},
    "FilterPolicy": {},
    "FilterPolicyScope": "MessageAttributes",
    "RawMessageDelivery": False,
    "RedrivePolicy": {},
}


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, dict) else text_of(value)


class Topic(ResourceType):
    type = "AWS::SNS::Topic"
    named_by = "TopicName"
    consumes = frozenset({*_TOPIC, "Subscription", "Tags", "TopicName"})

    def create(self, site: Site, props: Props) -> str:
        sns = site.client("sns")
        fifo = props.get("FifoTopic", False)
        name = props.get("TopicName") or site.name(250) + (".fifo" if fifo else "")
        attributes = {key: _text(props[key]) for key in _TOPIC if key in props}
        would_be = f"arn:aws:sns:{site.region}:{site.account_id}:{name}"
        site.must_be_new(would_be, sns.get_topic_attributes, TopicArn=would_be)
        tags = {"Tags": props["Tags"]} if props.get("Tags") else {}
        arn: str = sns.create_topic(Name=name, Attributes=attributes, **tags)["TopicArn"]
        site.created(arn)
        for item in props.get("Subscription", []):
            sns.subscribe(TopicArn=arn, Protocol=item["Protocol"], Endpoint=item["Endpoint"])
        return arn

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        return {"TopicArn": physical_id, "TopicName": physical_id.rpartition(":")[2]}

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        sns = site.client("sns")
        for key, default in _TOPIC.items():
            if changed(old, new, key):
                sns.set_topic_attributes(
                    TopicArn=physical_id,
                    AttributeName=key,
                    AttributeValue=_text(new.get(key, default)),
                )
        self._resubscribe(sns, physical_id, old, new)
        dropped, tags = tag_changes(old, new)
        if dropped:
            sns.untag_resource(ResourceArn=physical_id, TagKeys=dropped)
        if tags:
            sns.tag_resource(ResourceArn=physical_id, Tags=new["Tags"])

    def _resubscribe(self, sns: Any, arn: str, old: Props, new: Props) -> None:
        before, after = old.get("Subscription", []), new.get("Subscription", [])
        for item in sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]:
            told = given(item, "Protocol", "Endpoint")
            if told in before and told not in after:
                sns.unsubscribe(SubscriptionArn=item["SubscriptionArn"])
        for item in after:
            if item not in before:
                sns.subscribe(TopicArn=arn, **given(item, "Protocol", "Endpoint"))

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        gone(site.client("sns").delete_topic, _GONE, TopicArn=physical_id)


class Subscription(ResourceType):
    """``Ref`` is the subscription's ARN.

    An e-mail subscription is pending until its owner confirms it.
    """

    type = "AWS::SNS::Subscription"
    consumes = frozenset({*_SUBSCRIPTION, "Endpoint", "Protocol", "Region", "TopicArn"})

    def create(self, site: Site, props: Props) -> str:
        attributes = {key: _text(props[key]) for key in _SUBSCRIPTION if key in props}
        arn: str = site.client("sns", props.get("Region")).subscribe(
            TopicArn=props["TopicArn"],
            Protocol=props["Protocol"],
            Endpoint=props.get("Endpoint", ""),
            Attributes=attributes,
            ReturnSubscriptionArn=True,
        )["SubscriptionArn"]
        return arn

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        return {"Arn": physical_id}

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:
        for key, default in _SUBSCRIPTION.items():
            if changed(old, new, key):
                site.client("sns", new.get("Region")).set_subscription_attributes(
                    SubscriptionArn=physical_id,
                    AttributeName=key,
                    AttributeValue=_text(new.get(key, default)),
                )

    def delete(self, site: Site, physical_id: str, props: Props) -> None:
        client = site.client("sns", props.get("Region"))
        gone(client.unsubscribe, _GONE, SubscriptionArn=physical_id)


class TopicPolicy(ResourceType):
    type = "AWS::SNS::TopicPolicy"
    consumes = names("PolicyDocument Topics")

    def create(self, site: Site, props: Props) -> str:
        site.created(physical_id := site.name())
        self._set(site, props["Topics"], props["PolicyDocument"])
        return physical_id

    def attributes(self, site: Site, physical_id: str, props: Props) -> Props:  # noqa: ARG002
        return {"Id": physical_id}

    def update(self, site: Site, physical_id: str, old: Props, new: Props) -> None:  # noqa: ARG002
        self._set(site, new["Topics"], new["PolicyDocument"])
        self._reset(site, set(old["Topics"]) - set(new["Topics"]))

    def delete(self, site: Site, physical_id: str, props: Props) -> None:  # noqa: ARG002
        self._reset(site, set(props["Topics"]))

    def _set(self, site: Site, topics: list[str], document: Any) -> None:
        for topic in topics:
            site.client("sns").set_topic_attributes(
                TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(document)
            )

    def _reset(self, site: Site, topics: set[str]) -> None:
        """A topic always has a policy: back to the one it is born with, its owner may do
        everything.
        """
        for topic in topics:
            default = {
                "Version": "2008-10-17",
                "Id": "__default_policy_ID",
                "Statement": [
                    {
                        "Sid": "__default_statement_ID",
                        "Effect": "Allow",
                        "Principal": {"AWS": "*"},
                        "Action": [
                            "SNS:GetTopicAttributes",
                            "SNS:SetTopicAttributes",
                            "SNS:AddPermission",
                            "SNS:RemovePermission",
                            "SNS:DeleteTopic",
                            "SNS:Subscribe",
                            "SNS:ListSubscriptionsByTopic",
                            "SNS:Publish",
                        ],
                        "Resource": topic,
                        "Condition": {"StringEquals": {"AWS:SourceOwner": site.account_id}},
                    }
                ],
            }
            gone(
                site.client("sns").set_topic_attributes,
                _GONE,
                TopicArn=topic,
                AttributeName="Policy",
                AttributeValue=json.dumps(default),
            )


TYPES = (Topic, Subscription, TopicPolicy)
