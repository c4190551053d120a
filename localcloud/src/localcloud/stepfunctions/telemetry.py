"""Execution events in CloudWatch Logs, as the logging configuration asks, and metrics.

https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html and
https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from localcloud.clock import utc
from localcloud.cloudwatch.logs import LogEvent, LogStream, LogWriter
from localcloud.cloudwatch.metrics import Metric, MetricWriter
from localcloud.stepfunctions.compact_json import dumps
from localcloud.stepfunctions.history import HistoryEvent, Sink

_FATAL = frozenset({"ExecutionAborted", "ExecutionFailed", "ExecutionTimedOut"})
_ERROR_ENDINGS = ("Failed", "TimedOut", "Aborted")


@dataclass(frozen=True)
class LogTarget:
    region: str
    group: str
    level: str
    include_data: bool


def is_logged(event_type: str, level: str) -> bool:
    """Whether ``level`` logs events of this type.

    The table "Log levels for Step Functions execution events" of the page above.
    """
    if level == "ALL":
        return True
    if level == "ERROR":
        return event_type == "FailStateEntered" or event_type.endswith(_ERROR_ENDINGS)
    return level == "FATAL" and event_type in _FATAL


class ExecutionLogs:
    """AWS's own delivery: it is no call of the customer's, and nobody's permissions matter."""

    def __init__(self, writer: LogWriter) -> None:
        self._writer = writer
        self._suffix = uuid.uuid4().hex[:8]

    def sink(self, target: LogTarget, machine_name: str, execution_arn: str) -> Sink:
        """Return what an execution's history passes its events to."""

        def write(event: HistoryEvent) -> None:
            if not is_logged(event.type, target.level):
                return
            name = f"states/{machine_name}/{utc(event.time):%Y-%m-%d-%H-%M}/{self._suffix}"
            line = {
                "id": str(event.id),
                "type": event.type,
                "details": event.wire_details(target.include_data),
                "previous_event_id": str(event.previous_id),
                "event_timestamp": str(int(event.time * 1000)),
                "execution_arn": execution_arn,
                "redrive_count": "0",
            }
            stream = LogStream(target.region, target.group, name)
            self._writer.add(stream, [LogEvent(int(event.time * 1000), dumps(line))])

        return write


_BY_STATUS = {
    "SUCCEEDED": "ExecutionsSucceeded",
    "FAILED": "ExecutionsFailed",
    "ABORTED": "ExecutionsAborted",
    "TIMED_OUT": "ExecutionsTimedOut",
}


class Metrics:
    """Children of a Distributed Map count too, under the name of their map run's state machine."""

    def __init__(self, writer: MetricWriter) -> None:
        self._writer = writer

    def count_start(self, region: str, machine_arn: str) -> None:
        self._add(region, machine_arn, "ExecutionsStarted", "Count", 1.0)

    def count_end(self, region: str, machine_arn: str, status: str, seconds: float) -> None:
        self._add(region, machine_arn, _BY_STATUS[status], "Count", 1.0)
        self._add(region, machine_arn, "ExecutionTime", "Milliseconds", seconds * 1000.0)

    def _add(self, region: str, machine_arn: str, name: str, unit: str, value: float) -> None:
        dimensions = (("StateMachineArn", machine_arn),)
        self._writer.add(Metric(region, "AWS/States", name, unit, dimensions), value)
