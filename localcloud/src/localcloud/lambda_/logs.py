"""CloudWatch Logs of functions: gathered in memory, written in batches, and always before somebody
reads.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError, EndpointConnectionError
from moto.core.exceptions import ServiceException
from moto.logs.models import logs_backends
from werkzeug.exceptions import HTTPException

from localcloud.gateway.clients import Clients
from localcloud.gateway.moto_bridge import service_lock
from localcloud.gateway.principals import role_session
from localcloud.lambda_.output import LogLine

log = logging.getLogger(__name__)

# PutLogEvents: an event is at most 1 MB since April 2025; Lambda cuts longer ones.
_EVENT_CHARACTERS = 1_000_000

# moto's errors of Logs are of the old kind.
_GONE = (ServiceException, HTTPException)


@dataclass(frozen=True)
class LogStream:
    """Where one sandbox writes, and as whom: the function's role must allow it."""

    region: str
    group: str
    name: str
    role: str
    function: str


class LogWriter:
    """The first batch of a stream is written with the role's own credentials, so that its
    permissions are judged; the others go straight to moto's backend, because nothing would be
    judged anew.
    """

    def __init__(self, account: str, clients: Clients) -> None:
        self._account = account
        self._clients = clients
        self._lock = threading.Lock()
        self._flushing = threading.RLock()
        self._waiting: dict[LogStream, list[LogLine]] = {}
        self._open: dict[LogStream, bool] = {}  # False: refused, its events are dropped

    def put(self, stream: LogStream, lines: list[LogLine]) -> None:
        with self._lock:
            self._waiting.setdefault(stream, []).extend(lines)

    def flush(self) -> None:
        with self._flushing:
            with self._lock:
                waiting, self._waiting = self._waiting, {}
            for stream, lines in waiting.items():
                events = [
                    {"timestamp": line.time_ms, "message": line.message[:_EVENT_CHARACTERS]}
                    for line in sorted(lines, key=lambda line: line.time_ms)
                ]
                try:
                    self._write(stream, events)
                except EndpointConnectionError:  # the Region is out: they come when it is back
                    with self._lock:
                        self._waiting[stream] = lines + self._waiting.get(stream, [])

    def _write(self, stream: LogStream, events: list[dict[str, Any]]) -> None:
        if stream not in self._open:
            self._open[stream] = self._first_write(stream, events)
            return
        if self._open[stream]:
            try:
                with service_lock("logs"):
                    backend = logs_backends[self._account][stream.region]
                    backend.put_log_events(stream.group, stream.name, events)
            except _GONE:  # the group or the stream was deleted meanwhile
                self._open[stream] = self._first_write(stream, events)

    def _first_write(self, stream: LogStream, events: list[dict[str, Any]]) -> bool:
        principal = role_session(stream.role, stream.function)
        client = self._clients.client("logs", stream.region, principal)
        where = {"logGroupName": stream.group, "logStreamName": stream.name}
        try:
            try:
                client.create_log_stream(**where)
            except client.exceptions.ResourceNotFoundException:
                client.create_log_group(logGroupName=stream.group)
                client.create_log_stream(**where)
            client.put_log_events(**where, logEvents=events)
        except ClientError as error:
            # On AWS, too, a function without these permissions runs, and its logs are nowhere.
            log.warning("function logs are dropped: %s", error, extra={"log_group": stream.group})
            return False
        return True
