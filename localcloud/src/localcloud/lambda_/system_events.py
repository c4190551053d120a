"""The events that Lambda writes to a function's log in JSON.

https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html; their levels:
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
"""

import json
from typing import Any

from localcloud.clock import iso
from localcloud.cloudwatch.logs import LogEvent
from localcloud.lambda_.log_levels import is_written
from localcloud.lambda_.reports import Report


class SystemEvents:
    """``threshold`` is the function's SystemLogLevel."""

    def __init__(self, report: Report, threshold: str) -> None:
        self._report = report
        self._threshold = threshold
        # "status": "success", "failure", "error" or "timeout".
        result = report.result
        self._status = result.status or ("error" if result.error_type else "success")

    def opening(self) -> list[LogEvent]:
        record = {"requestId": self._report.request_id, "version": self._report.version.number}
        return self._event("start", "INFO", self._report.started_at, record)

    def closing(self, now: float) -> list[LogEvent]:
        report, result = self._report, self._report.result
        has_succeeded = self._status == "success"
        outcome = {"status": self._status}
        if result.error_type:
            outcome["errorType"] = result.error_type
        done = {
            "requestId": report.request_id,
            **outcome,
            "metrics": {"durationMs": round(result.duration_ms, 3)},
        }
        metrics = {
            "durationMs": round(result.duration_ms, 3),
            "billedDurationMs": report.billed_ms,
            "memorySizeMB": report.version.memory_mb,
            "maxMemoryUsedMB": result.max_memory_mb,
            **({"initDurationMs": round(report.init_ms, 3)} if report.init_ms else {}),
        }
        record = {"requestId": report.request_id, **outcome, "metrics": metrics}
        return [
            *self._event("runtimeDone", "DEBUG" if has_succeeded else "WARN", now, done),
            *self._event("report", "INFO" if has_succeeded else "WARN", now, record),
        ]

    def _event(self, name: str, level: str, time: float, record: dict[str, Any]) -> list[LogEvent]:
        if not is_written(level, self._threshold):
            return []
        event = {"time": iso(time), "type": f"platform.{name}", "record": record}
        line = json.dumps(event, separators=(",", ":"))
        return [LogEvent(int(time * 1000), line + "\n")]
