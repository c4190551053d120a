"""The lines that Lambda itself writes to a function's log, as text or JSON.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html#monitoring-cloudwatchlogs-logformat
"""

import json
import math
import time
from dataclasses import dataclass
from typing import Any

from localcloud.clock import iso
from localcloud.cloudwatch.logs import LogEvent
from localcloud.lambda_.model import Version
from localcloud.lambda_.sandbox import HandlerResult


@dataclass(frozen=True)
class Report:
    """One invocation's numbers. ``init_ms`` is 0 in a warm sandbox."""

    request_id: str
    version: Version
    result: HandlerResult
    init_ms: float
    started_at: float  # epoch seconds

    @property
    def billed_ms(self) -> int:
        # Since August 2025 the Init phase is billed, too.
        return math.ceil(self.result.duration_ms + self.init_ms)

    def opening(self) -> list[LogEvent]:
        at = int(self.started_at * 1000)
        if self._is_json:
            start = {"requestId": self.request_id, "version": self.version.number}
            return self._system("platform.start", start, at)
        return [
            LogEvent(at, f"START RequestId: {self.request_id} Version: {self.version.number}\n")
        ]

    def closing(self) -> list[LogEvent]:
        at = int(time.time() * 1000)
        if self._is_json:
            return self._system(
                "platform.report", self._record(), at, failed=bool(self.result.status)
            )
        lines = [f"END RequestId: {self.request_id}\n", self._report()]
        return [LogEvent(at, text) for text in [*self._failure_lines(at), *lines]]

    @property
    def _is_json(self) -> bool:
        return self.version.logging["LogFormat"] == "JSON"

    def _system(
        self, kind: str, record: dict[str, Any], at: int, *, failed: bool = False
    ) -> list[LogEvent]:
        if self.version.logging.get("SystemLogLevel") == "WARN" and not failed:
            return []
        body = {"time": iso(at / 1000), "type": kind, "record": record}
        return [LogEvent(at, json.dumps(body, separators=(",", ":")) + "\n")]

    def _failure_lines(self, at: int) -> list[str]:
        """Return the lines that Lambda writes where the function itself cannot."""
        if self.result.status == "timeout":
            seconds = self.result.duration_ms / 1000
            return [
                f"{iso(at / 1000)} {self.request_id} Task timed out after {seconds:.2f} seconds\n\n"
            ]
        if self.result.status == "error" and b"Runtime.ExitError" in self.result.payload:
            message = json.loads(self.result.payload)["errorMessage"]
            return [f"{message}\nRuntime.ExitError\n"]
        return []

    def _report(self) -> str:
        result = self.result
        fields = [
            f"REPORT RequestId: {self.request_id}",
            f"Duration: {result.duration_ms:.2f} ms",
            f"Billed Duration: {self.billed_ms} ms",
            f"Memory Size: {self.version.memory_mb} MB",
            f"Max Memory Used: {result.max_memory_mb} MB",
        ]
        if self.init_ms:
            fields.append(f"Init Duration: {self.init_ms:.2f} ms")
        if result.status:
            fields.append(f"Status: {result.status}")
        if result.status == "error":
            fields.append(f"Error Type: {result.error_type}")
        return "\t".join(fields) + "\t\n"

    def _record(self) -> dict[str, Any]:
        metrics: dict[str, Any] = {
            "durationMs": round(self.result.duration_ms, 3),
            "billedDurationMs": self.billed_ms,
            "memorySizeMB": self.version.memory_mb,
            "maxMemoryUsedMB": self.result.max_memory_mb,
        }
        if self.init_ms:
            metrics["initDurationMs"] = round(self.init_ms, 3)
        record: dict[str, Any] = {
            "requestId": self.request_id,
            "metrics": metrics,
            "status": self.result.status or ("error" if self.result.error_type else "success"),
        }
        if self.result.status == "error":
            record["errorType"] = self.result.error_type
        return record
