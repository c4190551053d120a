"""Execution events in CloudWatch Logs, as the state machine's logging configuration asks for them.

https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from localcloud.clock import utc
from localcloud.cloudwatch.logs import LogEvent, LogStream, LogWriter
from localcloud.stepfunctions.history import Event, Sink
from localcloud.stepfunctions.quotas import dumps

_FATAL = frozenset({"ExecutionAborted", "ExecutionFailed", "ExecutionTimedOut"})
_ERROR_ENDINGS = ("Failed", "TimedOut", "Aborted")


@dataclass(frozen=True)
class LogTarget:
    region: str
    group: str
    level: str
    include_data: bool


def is_logged(kind: str, level: str) -> bool:
    """Whether ``level`` logs events of this type.

    The table "Log levels for Step Functions execution events" of the page above.
    """
    if level == "ALL":
        return True
    if level == "ERROR":
        return kind == "FailStateEntered" or kind.endswith(_ERROR_ENDINGS)
    return level == "FATAL" and kind in _FATAL


class ExecutionLogs:
    """AWS's own delivery: it is no call of the customer's, and nobody's permissions matter."""

    def __init__(self, writer: LogWriter) -> None:
        self._writer = writer
        self._suffix = uuid.uuid4().hex[:8]

    def sink(self, target: LogTarget, machine_name: str, execution_arn: str) -> Sink:
        """Return what an execution's history passes its events to."""

        def write(event: Event) -> None:
            if not is_logged(event.kind, target.level):
                return
            name = f"states/{machine_name}/{utc(event.time):%Y-%m-%d-%H-%M}/{self._suffix}"
            line = {
                "id": str(event.id),
                "type": event.kind,
                "details": event.wire_details(target.include_data),
                "previous_event_id": str(event.previous),
                "event_timestamp": str(int(event.time * 1000)),
                "execution_arn": execution_arn,
                "redrive_count": "0",
            }
            stream = LogStream(target.region, target.group, name)
            self._writer.put(stream, [LogEvent(int(event.time * 1000), dumps(line))])

        return write
