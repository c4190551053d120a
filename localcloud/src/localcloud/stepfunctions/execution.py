"""One execution of a state machine, from its start to its end."""

import logging
import threading
from dataclasses import dataclass
from typing import Any

from localcloud.clock import iso
from localcloud.stepfunctions.branch import Branch
from localcloud.stepfunctions.engine import Engine
from localcloud.stepfunctions.errors import RUNTIME, TIMEOUT, Cancelled, CancelReason, StateError
from localcloud.stepfunctions.history import History, log_sink
from localcloud.stepfunctions.quotas import EXPRESS_SECONDS
from localcloud.stepfunctions.state_machine import StateMachine
from localcloud.stepfunctions.threads import CancelScope

log = logging.getLogger(__name__)

_STANDARD_SECONDS = 31_536_000.0  # a Standard execution lasts at most a year


@dataclass(eq=False)
class Execution:
    """``parent`` is the branch of the Distributed Map state whose child this is."""

    engine: Engine
    machine: StateMachine
    arn: str
    name: str
    input: Any
    input_text: str | None = None  # as the caller wrote it
    parent: Branch | None = None
    map_run_arn: str | None = None

    def __post_init__(self) -> None:
        engine, machine, parent = self.engine, self.machine, self.parent
        self.status = "RUNNING"
        self.output: Any = None
        self.error: str | None = None
        self.cause: str | None = None
        self.started = engine.clock.now()
        self.stopped: float | None = None
        self.finished = threading.Event()
        self._lock = threading.Lock()
        target, writer = machine.log_target, engine.cloudwatch.logs
        sink = log_sink(writer, target, machine.name, self.arn) if target else None
        self.history = History(engine.clock, keep=not machine.is_express, sink=sink)
        self.context = {
            "Execution": {
                "Id": self.arn,
                "Input": self.input,
                "StartTime": iso(self.started),
                "Name": self.name,
                "RoleArn": machine.role_arn,
                "RedriveCount": 0,
            },
            "StateMachine": {"Id": machine.arn, "Name": machine.name},
        }
        skipped = parent.skipped if parent else 0.0
        limit = machine.definition.timeout or _STANDARD_SECONDS
        if machine.is_express:
            limit = min(limit, EXPRESS_SECONDS)
        self.deadline = self.started + skipped + limit
        if parent:
            self.deadline = min(self.deadline, parent.execution.deadline)
        self.cancel_scope = parent.cancel_scope.child() if parent else CancelScope()
        self.root = Branch(self, self.cancel_scope, {}, skipped=skipped)
        engine.count(machine, "ExecutionsStarted")

    def client(self, service: str) -> Any:
        """A client that calls as the state machine's role."""
        machine = self.machine
        return self.engine.cloud.clients.client(service, machine.region, machine.principal)

    def run(self) -> None:
        """Run to the end, on the calling thread."""
        self.engine.notify_status(self)
        try:
            self.history.record(
                "ExecutionStarted", 0, input=self.input, roleArn=self.machine.role_arn
            )
            output = self.machine.definition.graph.run(self.root, self.input)
        except StateError as error:
            self._finish("FAILED", error=error.error, cause=error.cause)
        except Cancelled as cancelled:
            parent_timed_out = self.parent is not None and self.parent.remaining() <= 0
            timed_out = cancelled.reason is CancelReason.TIMED_OUT and not parent_timed_out
            self._finish("TIMED_OUT" if timed_out else "ABORTED")
        except Exception as error:
            defect = self.defect(error)
            self._finish("FAILED", error=defect.error, cause=defect.cause)
        else:
            self._finish("SUCCEEDED", output=output)

    def stop(self, error: str | None, cause: str | None) -> None:
        """Abort at once; the threads that work for this execution unwind afterwards."""
        self._finish("ABORTED", error=error, cause=cause)
        self.cancel_scope.cancel(CancelReason.STOPPED)

    def defect(self, error: Exception) -> StateError:
        """An error of the interpreter, not of the workflow: log it and fail the execution."""
        log.error("the interpreter failed", exc_info=error, extra={"execution": self.arn})
        return StateError(RUNTIME, f"local cloud: {error!r}")

    def _finish(
        self, status: str, output: Any = None, error: str | None = None, cause: str | None = None
    ) -> None:
        with self._lock:
            if self.stopped is not None:
                return
            self.stopped = self.engine.clock.now()
            self.output, self.error, self.cause = output, error, cause
            self.status = status
        ending = "TimedOut" if status == "TIMED_OUT" else status.title()
        details = {"output": output} if status == "SUCCEEDED" else {"error": error, "cause": cause}
        # What ends an execution from outside follows no event of a state.
        previous_id = self.root.last_event_id if status in ("SUCCEEDED", "FAILED") else 0
        if status == "TIMED_OUT":
            details = {"error": TIMEOUT}
        self.history.close(f"Execution{ending}", previous_id, **details)
        machine, engine = self.machine, self.engine
        milliseconds = (self.stopped - self.started) * 1000.0
        engine.count(machine, f"Executions{ending}")
        engine.count(machine, "ExecutionTime", milliseconds, "Milliseconds")
        self.cancel_scope.close()
        engine.store.close(self)
        engine.notify_status(self)
        self.finished.set()
