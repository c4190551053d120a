"""Amazon SNS: topics, whose messages go to queues and functions.

moto keeps topics and subscriptions and applies filter policies; delivery is ours.
"""

from __future__ import annotations

from localcloud.cloud import Cloud
from localcloud.sns.moto_subscriptions import hand_over
from localcloud.sns.operations import Operations
from localcloud.sns.sender import NotificationDelivery, NotificationSender


def install(cloud: Cloud) -> None:
    """Install after ``lambda_``."""
    delivery = NotificationDelivery(cloud.clock, NotificationSender(cloud))
    cloud.on_close(hand_over(delivery.enqueue))
    cloud.gateway.register("sns", Operations(cloud.settings.account_id))
    cloud.add(delivery)
    cloud.on_close(delivery.close)
