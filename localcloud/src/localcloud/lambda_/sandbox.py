"""One execution environment: a process that runs the function through AWS's own runtime client, and
stays warm.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

from localcloud.cloudwatch.logs import LogEvent
from localcloud.lambda_.limits import RESPONSE_BYTES
from localcloud.lambda_.memory import peak_mb
from localcloud.lambda_.output import FunctionOutput
from localcloud.lambda_.runtime_api import (
    RuntimeLink,
    RuntimeRequest,
    SandboxExited,
    TimeIsUp,
)
from localcloud.lambda_.spawner import Spawner

_BOOTSTRAP = str(Path(__file__).with_name("bootstrap") / "bootstrap.py")


@dataclass(frozen=True)
class SandboxSpec:
    """What a sandbox is started with. ``path`` begins with the task root."""

    handler: str
    path: tuple[str, ...]
    environment: dict[str, str]
    memory_mb: int
    home: Path
    dns: tuple[str, int] | None = None


@dataclass(frozen=True)
class Event:
    """One invocation, as the runtime client receives it."""

    request_id: str
    payload: bytes
    function_arn: str
    client_context: str | None = None
    trace_id: str | None = None


@dataclass(frozen=True)
class Answer:
    """How an invocation ended. ``failure`` is None, or the error type that REPORT names."""

    payload: bytes
    failure: str | None
    duration_ms: float
    max_memory_mb: int
    status: str = ""  # of the REPORT line: "", "error" or "timeout"


class InitFailed(Exception):
    """The function could not be loaded; ``answer`` is what an invocation gets instead."""

    def __init__(self, answer: Answer, kind: str) -> None:
        super().__init__(kind)
        self.answer = answer
        self.kind = kind  # "error" or "timeout"


class GoneIdle(Exception):
    """The sandbox had ended between two invocations: another one must take the event."""


class _OutOfMemory(Exception):
    pass


class Sandbox:
    """``start`` once, then ``invoke`` one event at a time; not for use by two threads at once."""

    def __init__(self, spec: SandboxSpec, spawner: Spawner) -> None:
        self.spec = spec
        self.output = FunctionOutput()
        self.alive = True
        self.init_ms = 0.0
        self._peak_mb = 0
        self._used = False
        self.started_at = time.monotonic()
        spec.home.mkdir(parents=True)
        frames, frames_end = os.pipe()
        text, text_end = os.pipe()
        self._link = RuntimeLink(
            {frames: self.output.on_frames, text: self.output.on_text}, frames, self._check_memory
        )
        environment = {
            **spec.environment,
            "AWS_LAMBDA_RUNTIME_API": self._link.address,
            "_LAMBDA_TELEMETRY_LOG_FD": str(frames_end),
        }
        settings = {"path": spec.path, "handler": spec.handler, "dns": spec.dns}
        command = [sys.executable, "-I", "-S", "-X", "utf8", _BOOTSTRAP, json.dumps(settings)]
        self._process: subprocess.Popen[bytes] = spawner.start(
            command, environment, spec.home, text_end, frames_end
        )
        os.close(frames_end)
        os.close(text_end)
        self._next: RuntimeRequest | None = None

    def start(self, request_id: str, seconds: float) -> None:
        """Load the function; raises InitFailed."""
        try:
            request = self._link.wait(self.started_at + seconds)
        except TimeIsUp:
            raise self._init_failed(request_id, seconds, "timeout") from None
        except (SandboxExited, _OutOfMemory) as end:
            raise self._init_failed(request_id, seconds, "error", end) from None
        self.init_ms = (time.monotonic() - self.started_at) * 1000
        if request.path.endswith("/init/error"):
            request.accept()
            kind = request.headers.get("lambda-runtime-function-error-type", "Runtime.Unknown")
            answer = Answer(request.body, kind, self.init_ms, self._peak(), "error")
            self.kill()
            raise InitFailed(answer, "error")
        self._next = request

    def invoke(self, event: Event, seconds: float) -> Answer:
        """Run the handler for at most ``seconds``; raises GoneIdle if nothing was delivered."""
        began = time.monotonic()
        deadline = began + seconds
        try:
            self._deliver(event, deadline)
        except (SandboxExited, OSError, TimeIsUp, _OutOfMemory):
            if not self._used:  # a new one would end as this one did
                return self._ended(_exited(event.request_id, self._exit_reason()), "error", began)
            self.kill()
            raise GoneIdle from None
        self._used = True
        try:
            request = self._link.wait(deadline)
        except TimeIsUp:
            ended = self._ended(_timed_out(event.request_id, seconds), "timeout", began)
            return replace(ended, duration_ms=seconds * 1000)  # what AWS reports
        except SandboxExited:
            return self._ended(_exited(event.request_id, self._exit_reason()), "error", began)
        except _OutOfMemory:
            killed = _exited(event.request_id, "signal: killed")
            return self._ended(killed, "error", began, "Runtime.OutOfMemory")
        return self._finished(request, event.request_id, began)

    def take_output(self) -> list[LogEvent]:
        return self.output.take()

    def kill(self) -> None:
        """End the process and whatever it started."""
        if not self.alive:
            return
        self.alive = False
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._link.drain()
        self._link.close()

    def terminate(self) -> None:
        """End the process from another thread; the one that invokes notices."""
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _deliver(self, event: Event, deadline: float) -> None:
        request = self._next or self._link.wait(deadline)
        self._next = None
        headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": event.request_id,
            "Lambda-Runtime-Deadline-Ms": str(
                int((time.time() + deadline - time.monotonic()) * 1000)
            ),
            "Lambda-Runtime-Invoked-Function-Arn": event.function_arn,
        }
        if event.trace_id:
            headers["Lambda-Runtime-Trace-Id"] = event.trace_id
        if event.client_context:
            headers["Lambda-Runtime-Client-Context"] = event.client_context
        request.answer(200, headers, event.payload)

    def _finished(self, request: RuntimeRequest, request_id: str, began: float) -> Answer:
        duration = (time.monotonic() - began) * 1000
        if len(request.body) > RESPONSE_BYTES:
            request.answer(413, {}, b"")
            return Answer(_TOO_LARGE, "Function.ResponseSizeTooLarge", duration, self._peak())
        if self._peak() > self.spec.memory_mb:
            killed = _exited(request_id, "signal: killed")
            return self._ended(killed, "error", began, "Runtime.OutOfMemory")
        request.accept()
        self._link.drain()
        failure = None
        if request.path.endswith("/error"):
            failure = request.headers.get("lambda-runtime-function-error-type", "Unhandled")
        return Answer(request.body, failure, duration, self._peak_mb)

    def _ended(
        self, body: dict[str, str], status: str, began: float, failure: str | None = None
    ) -> Answer:
        duration = (time.monotonic() - began) * 1000
        memory = min(self._peak(), self.spec.memory_mb)
        self.kill()
        return Answer(
            json.dumps(body, separators=(",", ":")).encode(),
            failure or body["errorType"],
            duration,
            memory,
            status,
        )

    def _init_failed(
        self, request_id: str, seconds: float, kind: str, end: Exception | None = None
    ) -> InitFailed:
        if kind == "timeout":
            body = _timed_out(request_id, seconds)
        elif isinstance(end, _OutOfMemory):
            body = _exited(request_id, "signal: killed")
        else:
            body = _exited(request_id, self._exit_reason())
        return InitFailed(self._ended(body, kind, self.started_at), kind)

    def _exit_reason(self) -> str | None:
        try:
            code = self._process.wait(1)
        except subprocess.TimeoutExpired:  # it closed its pipe, but lives on
            return None
        if code < 0:
            return f"signal: {_SIGNALS.get(signal.Signals(-code)) or signal.strsignal(-code)}"
        return f"exit status {code}" if code else None

    def _check_memory(self) -> None:
        if self._peak() > self.spec.memory_mb:
            raise _OutOfMemory

    def _peak(self) -> int:
        """The most that it has used; a process that has ended can no longer say."""
        self._peak_mb = max(self._peak_mb, peak_mb(self._process.pid))
        return self._peak_mb


# Go's names of signals: the program that supervises a runtime on Lambda is written in Go.
_SIGNALS = {
    signal.SIGKILL: "killed",
    signal.SIGSEGV: "segmentation fault",
    signal.SIGABRT: "aborted",
}

_TOO_LARGE = json.dumps(
    {
        "errorMessage": "Response payload size exceeded maximum allowed payload size "
        f"({RESPONSE_BYTES} bytes).",
        "errorType": "Function.ResponseSizeTooLarge",
    }
).encode()


def _timed_out(request_id: str, seconds: float) -> dict[str, str]:
    return {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {request_id} Error: Task timed out after "
        f"{seconds:.2f} seconds",
    }


def _exited(request_id: str, reason: str | None) -> dict[str, str]:
    why = f"exited with error: {reason}" if reason else "exited without providing a reason"
    return {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {request_id} Error: Runtime {why}",
    }
