"""The event history of one execution, and the same events on their way to CloudWatch Logs."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from localcloud.clock import Clock, utc
from localcloud.stepfunctions.errors import RUNTIME, StateError
from localcloud.stepfunctions.quotas import HISTORY_EVENTS, dumps

# Members that hold JSON text on the wire; kept as the values themselves until somebody reads them.
_DATA = {"input": "inputDetails", "output": "outputDetails"}


@dataclass(slots=True)
class Event:
    id: int
    previous: int
    time: float
    kind: str
    member: str | None  # of HistoryEvent, as in stateEnteredEventDetails
    details: dict[str, Any]

    def wire_details(self, include_data: bool) -> dict[str, Any]:
        """Details as the API and the logs show them."""
        shown: dict[str, Any] = {}
        for name, value in self.details.items():
            if name in _DATA:
                if include_data:
                    shown[name] = dumps(value)
                    shown[_DATA[name]] = {"truncated": False}
            elif name == "parameters":
                shown[name] = dumps(value)
            elif name == "assignedVariables":
                if include_data:
                    shown[name] = {key: dumps(assigned) for key, assigned in value.items()}
                    shown["assignedVariablesDetails"] = {"truncated": False}
            elif value is not None:
                shown[name] = value
        return shown

    def wire(self, include_data: bool) -> dict[str, Any]:
        event: dict[str, Any] = {
            "timestamp": utc(self.time),
            "type": self.kind,
            "id": self.id,
            "previousEventId": self.previous,
        }
        if self.member:
            event[self.member] = self.wire_details(include_data)
        return event


Sink = Callable[[Event], None]


class History:
    """Records events in order. ``keep`` holds them for GetExecutionHistory (Standard only), and
    then the quota counts; ``sink`` passes each one on to the logs.
    """

    def __init__(self, clock: Clock, keep: bool, sink: Sink | None = None) -> None:
        self.events: list[Event] = []
        self._clock = clock
        self._keep = keep
        self._sink = sink
        self._ids = itertools.count(1)
        self._lock = threading.Lock()
        self._closed = False

    def record(self, kind: str, previous: int, member: str | None = None, **details: Any) -> int:
        """The new event's id. What comes after the execution's end is not recorded."""
        if not self._keep and self._sink is None:
            return next(self._ids)
        with self._lock:
            if self._closed:
                return 0
            if self._keep and len(self.events) >= HISTORY_EVENTS - 1:
                raise StateError(
                    RUNTIME,
                    "The execution reached the maximum number of history events "
                    f"({HISTORY_EVENTS}).",
                )
            return self._add(kind, previous, member, details)

    def close(self, kind: str, previous: int, member: str | None = None, **details: Any) -> None:
        """The last event."""
        if not self._keep and self._sink is None:
            return
        with self._lock:
            if not self._closed:
                self._closed = True
                self._add(kind, previous, member, details)

    def _add(self, kind: str, previous: int, member: str | None, details: dict[str, Any]) -> int:
        event = Event(next(self._ids), previous, self._clock.now(), kind, member, details)
        if self._keep:
            self.events.append(event)
        if self._sink:
            self._sink(event)
        return event.id
