"""Log events of AWS's services, gathered in memory and written in batches."""

import logging
import threading
from collections.abc import Sequence
from typing import Any, NamedTuple

from botocore.exceptions import ClientError, EndpointConnectionError
from moto.core.exceptions import ServiceException
from moto.logs.models import logs_backends
from werkzeug.exceptions import HTTPException

from localcloud.gateway.clients import Clients
from localcloud.gateway.moto_bridge import service_lock
from localcloud.gateway.principals import Principal
from localcloud.settings import ACCOUNT_ID
from localcloud.usage import Usage
from localcloud.usage.units import LOG_BYTES

log = logging.getLogger(__name__)

# PutLogEvents takes events of at most 1 MB since April 2025; Lambda cuts longer ones.
_EVENT_CHARACTERS = 1_000_000
# "the sum of all event messages in UTF-8, plus 26 bytes for each log event":
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
_EVENT_OVERHEAD_BYTES = 26
_NOT_FOUND = (ServiceException, HTTPException)  # moto's errors of Logs are of the old kind


class LogEvent(NamedTuple):
    time_ms: int
    message: str


class LogStream(NamedTuple):
    """Where events go. ``writer`` is who must be allowed to write them; None is AWS itself."""

    region: str
    group: str
    name: str
    writer: Principal | None = None


class LogWriter:
    """Gathers events by stream; ``flush`` writes those of each stream in order of time.

    The first batch of a stream is written with its writer's own credentials, so that permissions
    are checked. The others go straight to moto's backend, because nothing would be checked anew.
    """

    def __init__(self, clients: Clients, usage: Usage) -> None:
        self._clients = clients
        self._usage = usage
        self._lock = threading.Lock()
        self._flushing = threading.RLock()
        self._pending: dict[LogStream, list[LogEvent]] = {}
        self._is_permitted: dict[LogStream, bool] = {}

    def add(self, stream: LogStream, events: Sequence[LogEvent]) -> None:
        if not events:  # PutLogEvents takes one at least
            return
        size = sum(len(event.message.encode()) + _EVENT_OVERHEAD_BYTES for event in events)
        self._usage.add(LOG_BYTES, stream.region, stream.group, size)
        with self._lock:
            self._pending.setdefault(stream, []).extend(events)

    def has_group(self, region: str, name: str) -> bool:
        with service_lock("logs"):
            return name in logs_backends[ACCOUNT_ID][region].groups

    def flush(self) -> None:
        with self._flushing:
            with self._lock:
                pending, self._pending = self._pending, {}
            for stream, events in pending.items():
                batch = [
                    {"timestamp": event.time_ms, "message": event.message[:_EVENT_CHARACTERS]}
                    for event in sorted(events, key=lambda event: event.time_ms)
                ]
                try:
                    self._write(stream, batch)
                except EndpointConnectionError:  # the Region is out: they come when it is back
                    with self._lock:
                        self._pending[stream] = events + self._pending.get(stream, [])

    def _write(self, stream: LogStream, batch: list[dict[str, Any]]) -> None:
        if stream.writer is None:
            self._deliver(stream, batch)
        elif stream not in self._is_permitted:
            self._is_permitted[stream] = self._write_as(stream.writer, stream, batch)
        elif self._is_permitted[stream]:
            try:
                with service_lock("logs"):
                    backend = logs_backends[ACCOUNT_ID][stream.region]
                    backend.put_log_events(stream.group, stream.name, batch)
            except _NOT_FOUND:  # the group or the stream was deleted meanwhile
                self._is_permitted[stream] = self._write_as(stream.writer, stream, batch)

    def _write_as(self, writer: Principal, stream: LogStream, batch: list[dict[str, Any]]) -> bool:
        """Create what is missing and write; False if the writer may not."""
        client = self._clients.client("logs", stream.region, writer)
        names = {"logGroupName": stream.group, "logStreamName": stream.name}
        try:
            try:
                client.create_log_stream(**names)
            except client.exceptions.ResourceNotFoundException:
                client.create_log_group(logGroupName=stream.group)
                client.create_log_stream(**names)
            client.put_log_events(**names, logEvents=batch)
        except ClientError as error:
            # On AWS, too, a function without these permissions runs, and its logs are nowhere.
            log.warning("log events are dropped: %s", error, extra={"log_group": stream.group})
            return False
        return True

    def _deliver(self, stream: LogStream, batch: list[dict[str, Any]]) -> None:
        with service_lock("logs"):
            backend = logs_backends[ACCOUNT_ID][stream.region]
            group = backend.groups.get(stream.group)
            if group is None:
                # On AWS, too, an execution runs without its log group, and its logs are nowhere.
                log.warning("log group %s does not exist: events are dropped", stream.group)
                return
            if stream.name not in group.streams:
                backend.create_log_stream(stream.group, stream.name)
            backend.put_log_events(stream.group, stream.name, batch)
