"""A sandbox whose function runs in this process, on the thread that invokes it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from localcloud.lambda_.process import FunctionOutput
from localcloud.lambda_.sandbox import Event, HandlerResult, InitFailed, SandboxLost, SandboxSpec
from localcloud.virtual_time.primitives import scheduler
from localcloud.virtual_time.process import load_handler
from localcloud.virtual_time.scheduler import DeadlinePassed, TaskScope

Handler = Callable[[Any, Any], Any]
_MEMORY_MB = 128  # of which nothing is known here
_handlers: dict[tuple[str, str, str], Handler] = {}
# From the folder of a function's code to the one that is run: a test may change the code.
changes: list[Callable[[str], str]] = []


class InProcessSandbox:
    """As localcloud.lambda_.sandbox.Sandbox. All sandboxes of a function share its modules."""

    def __init__(self, spec: SandboxSpec, init_seconds: float) -> None:
        self.spec = spec
        self.output = FunctionOutput()
        self.alive = True
        self.init_ms = init_seconds * 1000
        self.started_at = time.monotonic()
        self._handler: Handler

    def start(self, request_id: str, seconds: float) -> None:  # noqa: ARG002 - as a Sandbox's
        """Load the function. Raises InitFailed."""
        variables = self.spec.environment
        root = changes[-1](self.spec.path[0]) if changes else self.spec.path[0]
        key = (root, self.spec.handler, variables["AWS_REGION"])
        scheduler.sleep(self.init_ms / 1000)
        try:
            with self._scope():
                if key not in _handlers:
                    _handlers[key] = load_handler(*key[:2])
                self._handler = _handlers[key]
        except Exception as error:
            result = HandlerResult(_payload(error), "Runtime.Unknown", 0.0, _MEMORY_MB, "error")
            self.kill()
            raise InitFailed(result) from error

    def invoke(self, event: Event, seconds: float) -> HandlerResult:
        """Run the handler for at most ``seconds``. Raises SandboxLost after ``terminate``."""
        if not self.alive:
            raise SandboxLost
        started = scheduler.now()
        deadline = started + seconds
        error_type = None
        try:
            with self._scope(deadline):
                result = self._handler(
                    json.loads(event.payload or b"{}"), self._context(event, deadline)
                )
                payload = json.dumps(result).encode()
        except DeadlinePassed:
            self.kill()
            message = (
                f"RequestId: {event.request_id} Error: Task timed out after {seconds:.2f} seconds"
            )
            body = {"errorType": "Sandbox.Timedout", "errorMessage": message}
            payload = json.dumps(body).encode()
            return HandlerResult(payload, "Sandbox.Timedout", seconds * 1000, _MEMORY_MB, "timeout")
        except Exception as error:
            payload, error_type = _payload(error), type(error).__name__
        duration = (scheduler.now() - started) * 1000
        return HandlerResult(payload, error_type, duration, _MEMORY_MB)

    def kill(self) -> None:
        self.alive = False

    terminate = kill

    @contextmanager
    def _scope(self, deadline: float | None = None) -> Iterator[None]:
        """Work for this sandbox on the calling thread, which may be a guest."""
        current = scheduler.current()
        task = current or scheduler.enter()
        outer = task.scope, task.is_overdue
        options = {} if deadline is None else {"deadline": deadline}
        task.scope, task.is_overdue = (
            TaskScope(self.spec.environment, self._write, dns=self.spec.dns, **options),
            False,
        )
        try:
            yield
        finally:
            task.scope, task.is_overdue = outer
            if current is None:
                scheduler.end()

    def _write(self, text: str) -> int:
        self.output.on_text(text.encode())
        return len(text)

    def _context(self, event: Event, deadline: float) -> SimpleNamespace:
        variables = self.spec.environment
        return SimpleNamespace(
            aws_request_id=event.request_id,
            function_name=variables["AWS_LAMBDA_FUNCTION_NAME"],
            function_version=variables["AWS_LAMBDA_FUNCTION_VERSION"],
            invoked_function_arn=event.function_arn,
            memory_limit_in_mb=str(self.spec.memory_mb),
            get_remaining_time_in_millis=lambda: int((deadline - scheduler.now()) * 1000),
        )


def _payload(error: Exception) -> bytes:
    body = {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": []}
    return json.dumps(body).encode()
