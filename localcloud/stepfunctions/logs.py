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

from botocore.exceptions import ClientError

from localcloud.clock import utc
from localcloud.gateway.clients import Clients
from localcloud.gateway.principals import service_principal
from localcloud.stepfunctions.history import Event, Sink
from localcloud.stepfunctions.quotas import dumps

log = logging.getLogger(__name__)

_FATAL = frozenset({"ExecutionAborted", "ExecutionFailed", "ExecutionTimedOut"})
_ERROR_ENDINGS = ("Failed", "TimedOut", "Aborted")
_BATCH_EVENTS = 1_000
_BATCH_BYTES = 1_000_000  # PutLogEvents takes 1 MiB with 26 bytes an event


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
    """Collects log lines and delivers them in batches. Delivery is in the service's own name: not
    judged.
    """

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._principal = service_principal("delivery.logs.amazonaws.com")
        self._lock = threading.Lock()
        self._waiting: defaultdict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
        self._streams: set[tuple[str, str, str]] = set()
        self._suffix = uuid.uuid4().hex[:8]

    def sink(self, target: LogTarget, machine_name: str, execution_arn: str) -> Sink:
        """What an execution's history passes its events to."""

        def write(event: Event) -> None:
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
        with self._lock:
            waiting, self._waiting = self._waiting, defaultdict(list)
        for (region, group, stream), entries in waiting.items():
            entries.sort(key=lambda entry: entry["timestamp"])
            try:
                self._deliver(region, group, stream, entries)
            except ClientError as error:
                # As on AWS, an execution does not suffer from a log group that is gone.
                log.warning("no delivery to log group %s: %s", group, error)

    def _deliver(self, region: str, group: str, stream: str, entries: list[dict[str, Any]]) -> None:
        client = self._clients.client("logs", region, self._principal)
        if (region, group, stream) not in self._streams:
            try:
                client.create_log_stream(logGroupName=group, logStreamName=stream)
            except client.exceptions.ResourceAlreadyExistsException:
                log.debug("log stream %s is there already", stream)
            self._streams.add((region, group, stream))
        batch: list[dict[str, Any]] = []
        held = 0
        for entry in entries:
            weight = len(entry["message"].encode()) + 26
            if batch and (len(batch) >= _BATCH_EVENTS or held + weight > _BATCH_BYTES):
                client.put_log_events(logGroupName=group, logStreamName=stream, logEvents=batch)
                batch, held = [], 0
            batch.append(entry)
            held += weight
        if batch:
            client.put_log_events(logGroupName=group, logStreamName=stream, logEvents=batch)
