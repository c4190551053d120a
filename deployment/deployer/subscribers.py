"""Who reads what the operators' topics say: alarms, reports, files that do not move."""

from __future__ import annotations

from . import console
from .aws import Aws
from .plan import Plan
from .stack_info import stack_resources


def warn_without_subscribers(aws: Aws, plan: Plan) -> None:
    """Print a warning for each Region where nobody has confirmed a subscription.

    Until its owner confirms it, the ARN of a subscription is a word:
    https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
    """
    for stack in (plan.primary, plan.standby):
        resources = stack_resources(aws, stack.region, stack.name)
        topics = [item.physical_id for item in resources if item.type == "AWS::SNS::Topic"]
        if not any(_is_read(aws, stack.region, topic) for topic in topics):
            console.info(
                f"warning {stack.region}: nobody has confirmed a subscription to batch-operators"
                f"{plan.env}, so nobody is told of failures; set OPERATOR_EMAIL, or subscribe"
            )


def _is_read(aws: Aws, region: str, topic: str) -> bool:
    pages = aws.client("sns", region).get_paginator("list_subscriptions_by_topic")
    return any(
        subscription["SubscriptionArn"].startswith("arn:")
        for page in pages.paginate(TopicArn=topic)
        for subscription in page["Subscriptions"]
    )
