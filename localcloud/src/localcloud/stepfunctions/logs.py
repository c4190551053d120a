"""Execution events in CloudWatch Logs, as the state machine's logging configuration wants them.

https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from moto.logs.models import logs_backends

from localcloud.clock import utc
from localcloud.gateway.moto_bridge import service_lock
from localcloud.stepfunctions.history import Event as HistoryEvent
from localcloud.stepfunctions.history import Sink
from localcloud.stepfunctions.quotas import dumps

log = logging.getLogger(__name__)

Event = dict[str, Any]  # as PutLogEvents takes it

_FATAL = frozenset({"ExecutionAborted", "ExecutionFailed", "ExecutionTimedOut"})
_ERROR_ENDINGS = ("Failed", "TimedOut", "Aborted")


@dataclass(frozen=True)
class LogTarget:
    region: str
    group: str
    level: str
    include_data: bool


def wanted(kind: str, level: str) -> bool:
    """Whether ``level`` logs events of this type (the table "Log levels for Step Functions
    execution events").
    """
    if level == "ALL":
        return True
    if level == "ERROR":
        return kind == "FailStateEntered" or kind.endswith(_ERROR_ENDINGS)
    return level == "FATAL" and kind in _FATAL


class LogWriter:
    """Collects log lines and delivers them in batches. They go straight to moto's backend: on AWS
    the delivery is no call of the customer's, and nobody's permissions matter.
    """

    def __init__(self, account: str) -> None:
        self._account = account
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._waiting: defaultdict[tuple[str, str, str], list[Event]] = defaultdict(list)
        self._suffix = uuid.uuid4().hex[:8]

    def sink(self, target: LogTarget, machine_name: str, execution_arn: str) -> Sink:
        """What an execution's history passes its events to."""

        def write(event: HistoryEvent) -> None:
            if not wanted(event.kind, target.level):
                return
            stream = f"states/{machine_name}/{utc(event.time):%Y-%m-%d-%H-%M}/{self._suffix}"
            line = {
                "id": str(event.id),
                "type": event.kind,
                "details": event.wire_details(target.include_data),
                "previous_event_id": str(event.previous),
                "event_timestamp": str(int(event.time * 1000)),
                "execution_arn": execution_arn,
                "redrive_count": "0",
            }
            entry = {"timestamp": int(event.time * 1000), "message": dumps(line)}
            with self._lock:
                self._waiting[target.region, target.group, stream].append(entry)

        return write

    def flush(self) -> None:
        with self._flushing:
            with self._lock:
                waiting, self._waiting = self._waiting, defaultdict(list)
            for (region, group, stream), entries in waiting.items():
                entries.sort(key=lambda entry: entry["timestamp"])
                self._deliver(region, group, stream, entries)

    def _deliver(self, region: str, group: str, stream: str, entries: list[Event]) -> None:
        with service_lock("logs"):
            backend = logs_backends[self._account][region]
            found = backend.groups.get(group)
            if found is None:
                # As on AWS, an execution does not suffer from a log group that is gone.
                log.warning("log group %s does not exist: its events are dropped", group)
                return
            if stream not in found.streams:
                backend.create_log_stream(group, stream)
            backend.put_log_events(group, stream, entries)
