"""The API: what is asked for and not emulated is refused here; moto keeps the rest."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from localcloud.events.bus import DEFAULT, EventBus
from localcloud.events.patterns import check
from localcloud.events.target_sender import KINDS
from localcloud.gateway.answer import serialize
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call

Given = dict[str, Any]
_STORED = {
    "DeleteRule", "DescribeEventBus", "DescribeRule", "DisableRule", "EnableRule",
    "ListEventBuses", "ListRuleNamesByTarget", "ListRules", "ListTagsForResource",
    "ListTargetsByRule", "RemoveTargets", "TagResource", "UntagResource",
}  # fmt: skip
_OF_TARGETS = {"Id", "Arn", "Input", "SqsParameters", "RetryPolicy", "DeadLetterConfig"}
_TARGETS, _ENTRIES = 5, 10  # of a rule; of a call


class Api:
    """Handler of ``events``."""

    def __init__(self, account: str, bus: EventBus) -> None:
        self._account = account
        self._bus = bus
        self._operations: dict[str, Callable[[Call, Given], Response | None]] = {
            "PutRule": self._put_rule,
            "PutTargets": self._put_targets,
            "PutEvents": self._put_events,
        }

    def __call__(self, call: Call) -> Response | None:
        if call.operation is None or call.name in _STORED:
            return None
        operation = self._operations.get(call.name)
        if operation is None:
            raise not_emulated(f"the operation {call.action}")
        return operation(call, call.params)

    def _put_rule(self, call: Call, given: Given) -> None:  # noqa: ARG002 - as the others
        for member in ("ScheduleExpression", "RoleArn"):
            if given.get(member):
                raise not_emulated(f"{member} of an EventBridge rule")
        if given.get("State", "ENABLED") not in ("ENABLED", "DISABLED"):
            raise not_emulated(f"the state {given['State']} of an EventBridge rule")
        _check_bus(given.get("EventBusName"))
        check(given.get("EventPattern"))

    def _put_targets(self, call: Call, given: Given) -> None:
        for target in given["Targets"]:
            _check_target(target, call.region)
        ids = {target["Id"] for target in given["Targets"]}
        ids |= self._bus.target_ids(call.region, given["Rule"])
        if len(ids) > _TARGETS:
            raise ApiError(
                "LimitExceededException",
                "The requested resource exceeds the maximum number allowed.",
            )

    def _put_events(self, call: Call, given: Given) -> Response:
        if len(given["Entries"]) > _ENTRIES:
            raise ApiError("ValidationException", "PutEvents takes 10 entries at most.")
        entries = [self._put_event(call.region, entry) for entry in given["Entries"]]
        failed = sum("ErrorCode" in entry for entry in entries)
        return serialize(call, {"FailedEntryCount": failed, "Entries": entries})

    def _put_event(self, region: str, entry: Given) -> Given:
        _check_bus(entry.get("EventBusName"))
        for member in ("Source", "DetailType", "Detail"):
            if not entry.get(member):
                why = f"Parameter {member} is not valid. Reason: {member} is a required argument."
                return {"ErrorCode": "InvalidArgument", "ErrorMessage": why}
        if entry["Source"].startswith("aws."):
            why = "Not authorized for the source."
            return {"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": why}
        detail = _parsed(entry["Detail"])
        if detail is None:
            return {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
        time = entry["Time"].timestamp() if "Time" in entry else None
        resources = list(entry.get("Resources", []))
        event_id = self._bus.put(
            region, entry["Source"], entry["DetailType"], detail, resources, time
        )
        return {"EventId": event_id}


def _check_bus(name: str | None) -> None:
    if name and name.rsplit("/", 1)[-1] != DEFAULT:
        raise not_emulated(f"event buses other than the default one ({name})")


def _check_target(target: Given, region: str) -> None:
    arn = target["Arn"].split(":")
    if len(arn) < 6 or arn[2] not in KINDS:
        raise not_emulated(f"the EventBridge target {target['Arn']}")
    if arn[3] != region:
        raise not_emulated(f"EventBridge targets in another Region ({target['Arn']})")
    if others := sorted(set(target) - _OF_TARGETS):
        raise not_emulated(f"{', '.join(others)} of an EventBridge target")
    if "Input" in target and _parsed(target["Input"], dict | list | str | int | float) is None:
        raise ApiError("ValidationException", "JSON syntax error in input for target.")
    dead_letters = target.get("DeadLetterConfig", {}).get("Arn", f"arn:aws:sqs:{region}::q")
    if dead_letters.split(":")[2:4] != ["sqs", region] or dead_letters.endswith(".fifo"):
        raise ApiError(
            "ValidationException",
            f"Parameter {dead_letters} is not valid. Reason: a dead-letter queue is a standard "
            "queue in the Region of its rule.",
        )


def _parsed(text: str, kind: Any = dict) -> Any:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, kind) else None
