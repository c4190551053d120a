"""The lines that Lambda itself writes to a function's log, as text or JSON.

https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html#monitoring-cloudwatchlogs-logformat
"""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass
from typing import Any

from localcloud.clock import iso
from localcloud.cloudwatch.logs import LogEvent
from localcloud.lambda_.model import Version
from localcloud.lambda_.sandbox import Answer


@dataclass(frozen=True)
class Report:
    """One invocation's numbers. ``init_ms`` is 0 in a warm sandbox."""

    request_id: str
    version: Version
    answer: Answer
    init_ms: float
    began: float  # epoch seconds

    @property
    def billed_ms(self) -> int:
        # Since August 2025 the Init phase is billed, too.
        return math.ceil(self.answer.duration_ms + self.init_ms)

    def opening(self) -> list[LogEvent]:
        at = int(self.began * 1000)
        if self._json:
            start = {"requestId": self.request_id, "version": self.version.number}
            return self._system("platform.start", start, at)
        return [
            LogEvent(at, f"START RequestId: {self.request_id} Version: {self.version.number}\n")
        ]

    def closing(self) -> list[LogEvent]:
        at = int(time.time() * 1000)
        if self._json:
            return self._system(
                "platform.report", self._record(), at, failed=bool(self.answer.status)
            )
        lines = [f"END RequestId: {self.request_id}\n", self._report()]
        return [LogEvent(at, text) for text in [*self._obituary(at), *lines]]

    @property
    def _json(self) -> bool:
        return self.version.logging["LogFormat"] == "JSON"

    def _system(
        self, kind: str, record: dict[str, Any], at: int, *, failed: bool = False
    ) -> list[LogEvent]:
        if self.version.logging.get("SystemLogLevel") == "WARN" and not failed:
            return []
        body = {"time": iso(at / 1000), "type": kind, "record": record}
        return [LogEvent(at, json.dumps(body, separators=(",", ":")) + "\n")]

    def _obituary(self, at: int) -> list[str]:
        """What stands in the log where the function could not say it itself."""
        if self.answer.status == "timeout":
            seconds = self.answer.duration_ms / 1000
            return [
                f"{iso(at / 1000)} {self.request_id} Task timed out after {seconds:.2f} seconds\n\n"
            ]
        if self.answer.status == "error" and b"Runtime.ExitError" in self.answer.payload:
            message = json.loads(self.answer.payload)["errorMessage"]
            return [f"{message}\nRuntime.ExitError\n"]
        return []

    def _report(self) -> str:
        answer = self.answer
        fields = [
            f"REPORT RequestId: {self.request_id}",
            f"Duration: {answer.duration_ms:.2f} ms",
            f"Billed Duration: {self.billed_ms} ms",
            f"Memory Size: {self.version.memory_mb} MB",
            f"Max Memory Used: {answer.max_memory_mb} MB",
        ]
        if self.init_ms:
            fields.append(f"Init Duration: {self.init_ms:.2f} ms")
        if answer.status:
            fields.append(f"Status: {answer.status}")
        if answer.status == "error":
            fields.append(f"Error Type: {answer.failure}")
        return "\t".join(fields) + "\t\n"

    def _record(self) -> dict[str, Any]:
        metrics: dict[str, Any] = {
            "durationMs": round(self.answer.duration_ms, 3),
            "billedDurationMs": self.billed_ms,
            "memorySizeMB": self.version.memory_mb,
            "maxMemoryUsedMB": self.answer.max_memory_mb,
        }
        if self.init_ms:
            metrics["initDurationMs"] = round(self.init_ms, 3)
        record: dict[str, Any] = {
            "requestId": self.request_id,
            "metrics": metrics,
            "status": self.answer.status or ("error" if self.answer.failure else "success"),
        }
        if self.answer.status == "error":
            record["errorType"] = self.answer.failure
        return record
