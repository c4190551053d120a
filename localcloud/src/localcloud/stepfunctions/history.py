"""The event history of one execution, and the same events on their way to CloudWatch Logs.

https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
"""

import itertools
import json
import threading
import uuid
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from localcloud.clock import Clock, utc
from localcloud.cloudwatch.logs import LogEvent, LogStream, LogWriter
from localcloud.stepfunctions.compact_json import dumps
from localcloud.stepfunctions.errors import RUNTIME, Cancelled, CancelReason, StateError
from localcloud.stepfunctions.quotas import HISTORY_EVENTS

# Details that are JSON text on the wire; kept as the values themselves until somebody reads them.
_DATA = {"input": "inputDetails", "output": "outputDetails"}


@dataclass(slots=True)
class HistoryEvent:
    id: int
    previous_id: int
    time: float
    type: str
    details: dict[str, Any]
    redrive_count: int

    def values(self) -> tuple[Any, ...]:
        return (
            self.id, self.previous_id, self.time, self.type, self.details, self.redrive_count,
        )  # fmt: skip

    def wire_details(self, include_data: bool) -> dict[str, Any]:
        """Details as the API and the logs show them."""
        wire: dict[str, Any] = {}
        for name, value in self.details.items():
            if name in _DATA:
                if include_data:
                    wire |= {name: dumps(value), _DATA[name]: {"truncated": False}}
            elif name == "parameters":
                wire[name] = dumps(value)
            elif name == "assignedVariables":
                if include_data:
                    wire[name] = {key: dumps(assigned) for key, assigned in value.items()}
                    wire["assignedVariablesDetails"] = {"truncated": False}
            elif value is not None:
                wire[name] = value
        return wire

    def wire(self, include_data: bool) -> dict[str, Any]:
        """The event as GetExecutionHistory returns it."""
        event = {
            "timestamp": utc(self.time),
            "type": self.type,
            "id": self.id,
            "previousEventId": self.previous_id,
        }
        if self.details:
            event[_details_member(self.type)] = self.wire_details(include_data)
        return event


def _details_member(event_type: str) -> str:
    """``TaskScheduled`` → ``taskScheduledEventDetails``; states of all types share two members."""
    for shared in ("StateEntered", "StateExited"):
        if event_type.endswith(shared):
            event_type = shared
    return f"{event_type[0].lower()}{event_type[1:]}EventDetails"


Sink = Callable[[HistoryEvent], None]


class History:
    """``keep``, for Standard only, holds events for the API and makes the quota count.

    ``sink`` gets the events of its log ``level``.
    """

    def __init__(
        self, clock: Clock, keep: bool, sink: Sink | None = None, level: str = "ALL"
    ) -> None:
        self._events: list[HistoryEvent] = []
        self._compressed: bytes | None = None
        self._clock = clock
        self._keep = keep
        self._sink = sink
        self._level = level
        self._ids = itertools.count(1)
        self._lock = threading.Lock()
        self._closed = False
        self._redrive_count = 0

    @property
    def events(self) -> list[HistoryEvent]:
        if self._compressed is None:
            return self._events
        text = zlib.decompress(self._compressed).decode("utf-8", "surrogatepass")
        return [HistoryEvent(*values) for values in json.loads(text)]

    def compress(self) -> None:
        """Keep the events in less memory. There are no more to come."""
        with self._lock:
            if self._events:
                text = dumps([event.values() for event in self._events])
                self._compressed = zlib.compress(text.encode("utf-8", "surrogatepass"), 1)
                self._events = []

    def record(self, event_type: str, previous_id: int, /, **details: Any) -> int:
        """Return the new event's id. Raises Cancelled after the execution's end."""
        if not self._is_wanted(event_type):
            if self._closed:
                raise Cancelled(CancelReason.STOPPED)
            return next(self._ids)
        with self._lock:
            if self._closed:
                raise Cancelled(CancelReason.STOPPED)
            if self._keep and len(self._events) >= HISTORY_EVENTS - 1:
                raise StateError(
                    RUNTIME,
                    "The execution reached the maximum number of history events "
                    f"({HISTORY_EVENTS}).",
                )
            return self._add(event_type, previous_id, details)

    def close(self, event_type: str, previous_id: int, /, **details: Any) -> None:
        """Record the last event."""
        with self._lock:
            if not self._closed:
                self._closed = True
                if self._is_wanted(event_type):
                    self._add(event_type, previous_id, details)

    def reopen(self, redrive_count: int) -> None:
        """Go on after the last event: the execution is redriven."""
        self._closed, self._redrive_count = False, redrive_count
        self.record("ExecutionRedriven", self._events[-1].id, redriveCount=redrive_count)

    def _is_wanted(self, event_type: str) -> bool:
        """Most events of an Express workflow that logs errors only are never made."""
        return self._keep or (self._sink is not None and is_logged(event_type, self._level))

    def _add(self, event_type: str, previous_id: int, details: dict[str, Any]) -> int:
        at, count = self._clock.now(), self._redrive_count
        event = HistoryEvent(next(self._ids), previous_id, at, event_type, details, count)
        if self._keep:
            self._events.append(event)
        if self._sink and is_logged(event_type, self._level):
            self._sink(event)
        return event.id


_STREAM_SUFFIX = uuid.uuid4().hex[:8]
_FATAL = frozenset({"ExecutionAborted", "ExecutionFailed", "ExecutionTimedOut"})
_ERROR_ENDINGS = ("Failed", "TimedOut", "Aborted")


@dataclass(frozen=True)
class LogTarget:
    region: str
    group: str
    level: str
    include_data: bool


def is_logged(event_type: str, level: str) -> bool:
    """By the table "Log levels for Step Functions execution events" of the page above."""
    if level == "ALL":
        return True
    if level == "ERROR":
        return event_type == "FailStateEntered" or event_type.endswith(_ERROR_ENDINGS)
    return level == "FATAL" and event_type in _FATAL


def log_sink(writer: LogWriter, target: LogTarget, machine_name: str, execution_arn: str) -> Sink:
    """Return what an execution's history passes the events of the target's level to."""
    # AWS's own delivery is no call of the customer's: nobody's permissions matter.

    def write(event: HistoryEvent) -> None:
        name = f"states/{machine_name}/{utc(event.time):%Y-%m-%d-%H-%M}/{_STREAM_SUFFIX}"
        line = {
            "id": str(event.id),
            "type": event.type,
            "details": event.wire_details(target.include_data),
            "previous_event_id": str(event.previous_id),
            "event_timestamp": str(int(event.time * 1000)),
            "execution_arn": execution_arn,
            "redrive_count": str(event.redrive_count),
        }
        stream = LogStream(target.region, target.group, name)
        writer.add(stream, [LogEvent(int(event.time * 1000), dumps(line))])

    return write
