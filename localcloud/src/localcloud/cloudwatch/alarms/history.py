"""What happened to alarms: states, actions and changes, as DescribeAlarmHistory shows them."""

import json
import threading
from collections import defaultdict, deque
from typing import Any

from localcloud.clock import Clock, utc
from localcloud.cloudwatch.alarms.model import Alarm, State

_KEPT_ITEMS = 20_000  # of a Region; AWS keeps those of 30 days


class History:
    """The items of each Region, oldest first; those of deleted alarms stay."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._items: defaultdict[str, deque[dict[str, Any]]] = defaultdict(
            lambda: deque(maxlen=_KEPT_ITEMS)
        )

    def items(self, region: str) -> list[dict[str, Any]]:
        with self._lock:
            return list(self._items[region])

    def add_configuration(self, alarm: Alarm, change: str) -> None:
        """Add a ``change``: Create, Update or Delete."""
        verb = {"Create": "created", "Update": "updated", "Delete": "deleted"}[change]
        data = {"type": change, "version": "1.0", f"{verb}Alarm": _plain(alarm)}
        self._add(alarm, "ConfigurationUpdate", f'Alarm "{alarm.name}" {verb}', data)

    def add_state(self, alarm: Alarm, previous: State) -> None:
        data = {"version": "1.0", "oldState": _state(previous), "newState": _state(alarm.state)}
        summary = f"Alarm updated from {previous.value} to {alarm.state.value}"
        self._add(alarm, "StateUpdate", summary, data)

    def add_action(self, alarm: Alarm, action: str, error: str) -> None:
        """``error`` is empty for an action that succeeded."""
        data = {
            "actionState": "Failed" if error else "Succeeded",
            "stateUpdateTimestamp": int(alarm.state.since * 1000),
            "notificationResource": action,
            **({"error": error} if error else {}),
        }
        summary = (
            f'Failed to execute action {action}. Received error: "{error}"'
            if error
            else f"Successfully executed action {action}"
        )
        self._add(alarm, "Action", summary, data)

    def _add(self, alarm: Alarm, kind: str, summary: str, data: dict[str, Any]) -> None:
        item = {
            "AlarmName": alarm.name,
            "AlarmType": "MetricAlarm",
            "Timestamp": utc(self._clock.now()),
            "HistoryItemType": kind,
            "HistorySummary": summary,
            "HistoryData": json.dumps(data, separators=(",", ":")),
        }
        with self._lock:
            self._items[alarm.region].append(item)


def _state(state: State) -> dict[str, Any]:
    data = {"stateReasonData": json.loads(state.data)} if state.data else {}
    return {"stateValue": state.value, "stateReason": state.reason, **data}


def _plain(alarm: Alarm) -> dict[str, Any]:
    """Return the settings with names that begin in lower case."""
    return {name[0].lower() + name[1:]: value for name, value in alarm.settings.items()}
