"""Delivers events to targets.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-event-delivery.html
"""

from __future__ import annotations

from localcloud.clock import Clock
from localcloud.events.target_sender import TargetEvent, TargetSender
from localcloud.retried_delivery import RetriedDelivery


class Delivery(RetriedDelivery[TargetEvent]):
    """Retries with "exponential back off"; AWS does not say how long that is."""

    def __init__(self, clock: Clock, sender: TargetSender) -> None:
        super().__init__(clock, sender, "eventbridge")
