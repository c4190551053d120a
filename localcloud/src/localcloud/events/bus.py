"""The default event bus: an event goes to the targets of every rule whose pattern it matches.

Step Functions' own events are each change of a Standard execution's status:
https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
"""

import json
import uuid
from typing import Any

from moto.backends import get_backend

from localcloud.clock import Clock, utc
from localcloud.events.delivery import Delivery
from localcloud.events.target_sender import TargetEvent
from localcloud.gateway.moto_bridge import service_lock
from localcloud.settings import ACCOUNT_ID
from localcloud.stepfunctions.compact_json import dumps
from localcloud.stepfunctions.execution import Execution

DEFAULT = "default"


class EventBus:
    """The default buses of all Regions."""

    def __init__(self, clock: Clock, delivery: Delivery) -> None:
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
        rules: list[Any] | None = None,
    ) -> str:
        """Hand an event to the rules that it matches, or to these, for delivery; its id.

        https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
        """
        event_time = utc(self._clock.now() if time is None else time)
        event = {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": detail_type,
            "source": source,
            "account": ACCOUNT_ID,
            "time": event_time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": region,
            "resources": resources,
            "detail": detail,
        }
        with service_lock("events"):
            if rules is None:
                rules = [rule for rule in self._rules(region) if _matches(rule, event)]
            targets = [
                (rule.arn, dict(target))
                for rule in rules
                if rule.state == "ENABLED"
                for target in rule.targets
            ]
        for rule_arn, target in targets:
            self._delivery.enqueue(TargetEvent(region, rule_arn, target, event))
        return str(event["id"])

    def publish_scheduled(self, region: str, rule_name: str) -> None:
        """Send an event of the rule's schedule to its targets, if there is such a rule."""
        rules = [rule for rule in self._rules(region) if rule.name == rule_name]
        for rule in rules:
            self.publish(region, "aws.events", "Scheduled Event", {}, [rule.arn], rules=rules)

    def _rules(self, region: str) -> list[Any]:
        with service_lock("events"):
            backend = get_backend("events")[ACCOUNT_ID][region]
            return list(backend.event_buses[DEFAULT].rules.values())


def _matches(rule: Any, event: dict[str, Any]) -> bool:
    """Whether the rule's pattern matches; a rule that has only a schedule matches nothing."""
    pattern = rule.event_pattern
    return bool(pattern.get_pattern() and pattern.matches_event(event))


DETAIL_TYPE = "Step Functions Execution Status Change"
MAX_ESCAPED_BYTES = 248 * 1024


def publish(bus: EventBus, execution: Execution) -> None:
    machine = execution.machine
    if machine.is_express or not bus.has_rules(machine.region):
        return
    bus.publish(machine.region, "aws.states", DETAIL_TYPE, detail(execution), [execution.arn])


def detail(execution: Execution) -> dict[str, Any]:
    """Output and input are included as text while they fit into the event."""
    input_text = execution.input_text or dumps(execution.input)
    output = dumps(execution.output) if execution.status == "SUCCEEDED" else None
    room = MAX_ESCAPED_BYTES
    if has_output := output is not None and _escaped_bytes(output) <= room:
        room -= _escaped_bytes(output or "")
    has_input = _escaped_bytes(input_text) <= room
    stopped = execution.stopped
    members = {
        "executionArn": execution.arn,
        "stateMachineArn": execution.machine.arn,
        "name": execution.name,
        "status": execution.status,
        "startDate": int(execution.started * 1000),
        "stopDate": None if stopped is None else int(stopped * 1000),
        "inputDetails": {"included": has_input},
        "output": output if has_output else None,
        "outputDetails": None if output is None else {"included": has_output},
    }
    return {**members, "input": input_text} if has_input else members


def _escaped_bytes(text: str) -> int:
    """The size of the text as a string within the event's JSON."""
    return len(json.dumps(text, ensure_ascii=False).encode()) - 2
