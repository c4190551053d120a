"""The EventBridge API: refuses what is not emulated, and leaves the rest to moto."""

from typing import Any

from localcloud.events.bus import DEFAULT, EventBus
from localcloud.events.patterns import check_pattern
from localcloud.events.schedules import seconds_of
from localcloud.events.target_sender import SERVICES
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.identify import Call
from localcloud.gateway.service import Service
from localcloud.json_text import json_or

_TARGET_MEMBERS = {"Id", "Arn", "Input", "SqsParameters", "RetryPolicy", "DeadLetterConfig"}
_MAX_TARGETS = 5  # of a rule
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html
_MAX_BYTES, _TIME_BYTES = 1024 * 1024, 14


class Operations(Service):
    """Handler of ``events``."""

    service = "events"
    falls_through = True

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus

    def put_rule(self, _: Call, **params: Any) -> None:
        if expression := params.get("ScheduleExpression"):
            seconds_of(expression)
        if params.get("State", "ENABLED") not in ("ENABLED", "DISABLED"):
            raise not_emulated(f"the state {params['State']} of an EventBridge rule")
        _check_bus(params)
        check_pattern(params.get("EventPattern"))

    def put_targets(self, call: Call, **params: Any) -> None:
        for target in params["Targets"]:
            _check_target(target, call.region)
        ids = {target["Id"] for target in params["Targets"]}
        if len(ids | self._bus.target_ids(call.region, params["Rule"])) > _MAX_TARGETS:
            message = "The requested resource exceeds the maximum number allowed."
            raise ApiError("LimitExceededException", message)

    def put_events(self, call: Call, **params: Any) -> dict[str, Any]:
        if sum(map(_size, params["Entries"])) > _MAX_BYTES:
            message = "Total size of the entries in the request is over the limit."
            raise ApiError("ValidationException", message)
        results = [self._put_event(call.region, entry) for entry in params["Entries"]]
        failed = sum("ErrorCode" in result for result in results)
        return {"FailedEntryCount": failed, "Entries": results}

    def _put_event(self, region: str, entry: dict[str, Any]) -> dict[str, str]:
        _check_bus(entry)
        for member in ("Source", "DetailType", "Detail"):
            if not entry.get(member):
                reason = f"{member} is a required argument."
                return _refused(
                    "InvalidArgument", f"Parameter {member} is not valid. Reason: {reason}"
                )
        if entry["Source"].startswith("aws."):
            return _refused("NotAuthorizedForSourceException", "Not authorized for the source.")
        detail = json_or(None, entry["Detail"])
        if not isinstance(detail, dict):
            return _refused("MalformedDetail", "Detail is malformed.")
        time = entry["Time"].timestamp() if "Time" in entry else None
        resources = list(entry.get("Resources", []))
        event_id = self._bus.publish(
            region, entry["Source"], entry["DetailType"], detail, resources, time
        )
        return {"EventId": event_id}


def _refused(code: str, message: str) -> dict[str, str]:
    return {"ErrorCode": code, "ErrorMessage": message}


def _size(entry: dict[str, Any]) -> int:
    texts = [entry.get(member) or "" for member in ("Source", "DetailType", "Detail")]
    texts += entry.get("Resources") or []
    return sum(len(text.encode()) for text in texts) + (_TIME_BYTES if "Time" in entry else 0)


def _check_bus(params: dict[str, Any]) -> None:
    name = params.get("EventBusName")
    if name and name.rsplit("/", 1)[-1] != DEFAULT:
        raise not_emulated(f"event buses other than the default one ({name})")


def _check_target(target: dict[str, Any], region: str) -> None:
    arn = target["Arn"].split(":")
    if len(arn) < 6 or arn[2] not in SERVICES:
        raise not_emulated(f"the EventBridge target {target['Arn']}")
    if arn[3] != region:
        raise not_emulated(f"EventBridge targets in another Region ({target['Arn']})")
    is_machine = arn[2] == "states"
    if is_machine and not target.get("RoleArn"):
        raise ApiError("ValidationException", f"RoleArn is required for target {target['Arn']}.")
    members = _TARGET_MEMBERS | ({"RoleArn"} if is_machine else set())
    if unsupported := sorted(target.keys() - members):
        raise not_emulated(f"{', '.join(unsupported)} of an EventBridge target")
    if "Input" in target and json_or(None, target["Input"]) is None:
        raise ApiError("ValidationException", "JSON syntax error in input for target.")
    queue = target.get("DeadLetterConfig", {}).get("Arn", f"arn:aws:sqs:{region}::q")
    if queue.split(":")[2:4] != ["sqs", region] or queue.endswith(".fifo"):
        raise ApiError(
            "ValidationException",
            f"Parameter {queue} is not valid. Reason: a dead-letter queue is a standard "
            "queue in the Region of its rule.",
        )
