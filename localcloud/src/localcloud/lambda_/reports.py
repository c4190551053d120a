"""The lines that Lambda itself writes to a function's log.

https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
"""

import json
import math
from dataclasses import dataclass

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
        """Since August 2025 the Init phase is billed, too."""
        return math.ceil(self.result.duration_ms + self.init_ms)

    def opening(self) -> list[LogEvent]:
        text = f"START RequestId: {self.request_id} Version: {self.version.number}\n"
        return [LogEvent(int(self.started_at * 1000), text)]

    def closing(self, now: float) -> list[LogEvent]:
        at = int(now * 1000)
        lines = [f"END RequestId: {self.request_id}\n", self._report()]
        return [LogEvent(at, text) for text in lines]

    def failure(self, now: float) -> list[LogEvent]:
        """The lines that Lambda writes where the function itself cannot, whatever the format."""
        at = int(now * 1000)
        return [LogEvent(at, text) for text in self._failure(at)]

    def _failure(self, at: int) -> list[str]:
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
