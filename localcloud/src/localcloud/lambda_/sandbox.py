"""One execution environment: a process that runs the function through AWS's own runtime client."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

from localcloud.lambda_.limits import RESPONSE_BYTES
from localcloud.lambda_.process import FunctionOutput, PeakMemory, ProcessStarter
from localcloud.lambda_.runtime_api import (
    DeadlinePassed,
    RuntimeLink,
    RuntimeRequest,
    SandboxExited,
)

_BOOTSTRAP = str(Path(__file__).with_name("bootstrap") / "bootstrap.py")
_KILLED = "signal: killed"
_OUT_OF_MEMORY = "Runtime.OutOfMemory"


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
    trace_id: str | None = None


@dataclass(frozen=True)
class HandlerResult:
    """How an invocation ended. ``error_type`` is None, or the type that REPORT names."""

    payload: bytes
    error_type: str | None
    duration_ms: float
    max_memory_mb: int
    status: str = ""  # of the REPORT line: "", "error" or "timeout"


class InitFailed(Exception):
    """The function could not be loaded; ``result`` is that of the invocation."""

    def __init__(self, result: HandlerResult) -> None:
        super().__init__(result.status)
        self.result = result


class SandboxLost(Exception):
    """The sandbox ended between two invocations: another one must take the event."""


class _OutOfMemory(Exception):
    pass


class Sandbox:
    """``start`` once, then ``invoke`` one event at a time; not for use by two threads at once."""

    def __init__(self, spec: SandboxSpec, starter: ProcessStarter) -> None:
        self.spec = spec
        self.output = FunctionOutput()
        self.alive = True
        self.init_ms = 0.0
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
        self._starter = starter  # whose thread the process ends with
        self._process = starter.start(command, environment, spec.home, text_end, frames_end)
        self._memory = PeakMemory(self._process.pid)
        os.close(frames_end)
        os.close(text_end)
        self._next: RuntimeRequest | None = None

    def start(self, request_id: str, seconds: float) -> None:
        """Load the function. Raises InitFailed."""
        started = self.started_at
        try:
            request = self._link.wait(started + seconds)
        except DeadlinePassed:
            raise InitFailed(self._timed_out(request_id, seconds, started)) from None
        except SandboxExited:
            raise InitFailed(self._exited(request_id, self._exit_reason(), started)) from None
        except _OutOfMemory:
            raise InitFailed(self._exited(request_id, _KILLED, started)) from None
        self.init_ms = (time.monotonic() - started) * 1000
        if request.path.endswith("/init/error"):
            request.accept()
            error_type = request.error_type("Runtime.Unknown")
            result = HandlerResult(request.body, error_type, self.init_ms, self._peak(), "error")
            self.kill()
            raise InitFailed(result)
        self._next = request

    def invoke(self, event: Event, seconds: float) -> HandlerResult:
        """Run the handler for at most ``seconds``. Raises SandboxLost if nothing was delivered."""
        started = time.monotonic()
        deadline = started + seconds
        try:
            self._deliver(event, deadline)
        except (SandboxExited, OSError, DeadlinePassed, _OutOfMemory):
            if not self._used:  # a new one would end as this one did
                return self._exited(event.request_id, self._exit_reason(), started)
            self.kill()
            raise SandboxLost from None
        self._used = True
        try:
            request = self._link.wait(deadline)
        except DeadlinePassed:
            result = self._timed_out(event.request_id, seconds, started)
            return replace(result, duration_ms=seconds * 1000)  # what AWS reports
        except SandboxExited:
            return self._exited(event.request_id, self._exit_reason(), started)
        except _OutOfMemory:
            return self._exited(event.request_id, _KILLED, started, _OUT_OF_MEMORY)
        return self._finished(request, event.request_id, started)

    def kill(self) -> None:
        """End the process and whatever it started."""
        if not self.alive:
            return
        self.terminate()
        self.alive = False
        self._process.wait()
        self._link.drain()
        self._link.close()
        self._memory.close()

    def terminate(self) -> None:
        """End the process from another thread; the one that invokes notices."""
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _deliver(self, event: Event, deadline: float) -> None:
        request = self._next or self._link.wait(deadline)
        self._next = None
        if self._link.has_exited:
            raise SandboxExited
        deadline_ms = int((time.time() + deadline - time.monotonic()) * 1000)
        headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": event.request_id,
            "Lambda-Runtime-Deadline-Ms": str(deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": event.function_arn,
        }
        if event.trace_id:
            headers["Lambda-Runtime-Trace-Id"] = event.trace_id
        request.answer(200, headers, event.payload)

    def _finished(self, request: RuntimeRequest, request_id: str, started: float) -> HandlerResult:
        duration = (time.monotonic() - started) * 1000
        if len(request.body) > RESPONSE_BYTES:
            request.answer(413, {}, b"")
            return HandlerResult(_TOO_LARGE, _SIZE_ERROR, duration, self._peak())
        memory = self._peak()
        if memory > self.spec.memory_mb:
            return self._exited(request_id, _KILLED, started, _OUT_OF_MEMORY)
        request.accept()
        error_type = request.error_type("Unhandled") if request.path.endswith("/error") else None
        return HandlerResult(request.body, error_type, duration, memory)

    def _timed_out(self, request_id: str, seconds: float, started: float) -> HandlerResult:
        message = f"Task timed out after {seconds:.2f} seconds"
        return self._unanswered(request_id, "Sandbox.Timedout", message, "timeout", started)

    def _exited(
        self, request_id: str, reason: str | None, started: float, error_type: str | None = None
    ) -> HandlerResult:
        ending = f"with error: {reason}" if reason else "without providing a reason"
        message = f"Runtime exited {ending}"
        result = self._unanswered(request_id, "Runtime.ExitError", message, "error", started)
        return replace(result, error_type=error_type or result.error_type)

    def _unanswered(
        self, request_id: str, error_type: str, message: str, status: str, started: float
    ) -> HandlerResult:
        """End the process, and return the result of an invocation that it did not answer."""
        duration = (time.monotonic() - started) * 1000
        memory = min(self._peak(), self.spec.memory_mb)
        self.kill()
        payload = _error(error_type, f"RequestId: {request_id} Error: {message}")
        return HandlerResult(payload, error_type, duration, memory, status)

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
        return self._memory.peak_mb()


def _error(error_type: str, message: str) -> bytes:
    body = {"errorType": error_type, "errorMessage": message}
    return json.dumps(body, separators=(",", ":")).encode()


# Go's names of signals: the program that supervises a runtime on Lambda is written in Go.
_SIGNALS = {
    signal.SIGKILL: "killed",
    signal.SIGSEGV: "segmentation fault",
    signal.SIGABRT: "aborted",
}

_SIZE_ERROR = "Function.ResponseSizeTooLarge"
_TOO_LARGE = _error(
    _SIZE_ERROR,
    f"Response payload size exceeded maximum allowed payload size ({RESPONSE_BYTES} bytes).",
)
