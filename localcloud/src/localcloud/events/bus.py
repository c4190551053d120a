"""The default event bus: an event goes to the targets of every rule whose pattern it matches."""

from __future__ import annotations

import uuid
from typing import Any

from moto.backends import get_backend

from localcloud.clock import Clock, utc
from localcloud.events.delivery import Delivery, TargetEvent
from localcloud.gateway.moto_bridge import service_lock

DEFAULT = "default"


class EventBus:
    """The default buses of all Regions."""

    def __init__(self, account: str, clock: Clock, delivery: Delivery) -> None:
        self._account = account
        self._clock = clock
        self._delivery = delivery

    def has_rules(self, region: str) -> bool:
        return bool(self._rules(region))

    def target_ids(self, region: str, rule_name: str) -> set[str]:
        rules = [rule for rule in self._rules(region) if rule.name == rule_name]
        return {target["Id"] for rule in rules for target in rule.targets}

    def publish(
        self,
        region: str,
        source: str,
        detail_type: str,
        detail: dict[str, Any],
        resources: list[str],
        time: float | None = None,
    ) -> str:
        """Hand an event over for delivery; its id.

        https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
        """
        event_time = utc(self._clock.now() if time is None else time)
        event = {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": detail_type,
            "source": source,
            "account": self._account,
            "time": event_time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": region,
            "resources": resources,
            "detail": detail,
        }
        for rule_arn, target in self._targets(region, event):
            self._delivery.enqueue(TargetEvent(region, rule_arn, target, event))
        return str(event["id"])

    def _targets(self, region: str, event: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
        """Rules' ARNs and their targets, for the rules that match the event."""
        with service_lock("events"):
            return [
                (rule.arn, dict(target))
                for rule in self._rules(region)
                if rule.state == "ENABLED" and rule.event_pattern.matches_event(event)
                for target in rule.targets
            ]

    def _rules(self, region: str) -> list[Any]:
        with service_lock("events"):
            backend = get_backend("events")[self._account][region]
            return list(backend.event_buses[DEFAULT].rules.values())
