"""One execution of a state machine, from its start to its end."""

import logging
import math
import threading
from dataclasses import dataclass
from typing import Any

from localcloud.clock import iso
from localcloud.gateway.errors import ApiError
from localcloud.stepfunctions.branch import Branch
from localcloud.stepfunctions.engine import Engine
from localcloud.stepfunctions.errors import (
    DATA_LIMIT,
    RUNTIME,
    TIMEOUT,
    Cancelled,
    CancelReason,
    StateError,
)
from localcloud.stepfunctions.history import History, log_sink
from localcloud.stepfunctions.quotas import EXPRESS_SECONDS, HISTORY_EVENTS
from localcloud.stepfunctions.state_machine import StateMachine
from localcloud.stepfunctions.threads import CancelScope
from localcloud.usage import units

log = logging.getLogger(__name__)

# AWS bills the memory of an Express execution in steps of 64 MB. How much a definition and its
# data take is not known: here it is one step.
BILLED_MEMORY_MB = 64
_STANDARD_SECONDS = 31_536_000.0  # a Standard execution lasts at most a year
_REDRIVABLE_SECONDS = 14 * 86_400.0  # after its end


# What all executions that have succeeded share.
_ENDED = CancelScope()
_FINISHED = threading.Event()
_FINISHED.set()


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
        engine, machine = self.engine, self.machine
        self.started = engine.clock.now()
        self.redrive_count = 0
        self.redriven: float | None = None
        self.redrive_tokens: dict[str, float] = {}  # of clients, and when
        self.finished = threading.Event()
        self._lock = threading.Lock()
        self._running = threading.Lock()  # until what runs for this execution has unwound
        target, writer = machine.log_target, engine.cloudwatch.logs
        sink = log_sink(writer, target, machine.name, self.arn) if target else None
        level = target.level if target else "OFF"
        self.history = History(engine.clock, keep=not machine.is_express, sink=sink, level=level)
        self.context: dict[str, Any] = {
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
        self._begin()
        engine.count(machine, "ExecutionsStarted")

    def _begin(self) -> None:
        """Begin an attempt: the first, or a redrive, whose time-out starts again."""
        parent, machine = self.parent, self.machine
        self.status = "RUNNING"
        self.output: Any = None
        self.error: str | None = None
        self.cause: str | None = None
        self.stopped: float | None = None
        skipped = self.skipped = self._skipped_before = parent.skipped if parent else 0.0
        limit = machine.definition.timeout or _STANDARD_SECONDS
        if machine.is_express:
            limit = min(limit, EXPRESS_SECONDS)
        self.deadline = self.engine.clock.now() + skipped + limit
        if parent:
            self.deadline = min(self.deadline, parent.execution.deadline)
        self.cancel_scope = parent.cancel_scope.child() if parent else CancelScope()
        if self.redriven is None:
            self.root = Branch(self, self.cancel_scope, {}, skipped=skipped)
        else:
            self.root.cancel_scope, self.root.skipped = self.cancel_scope, skipped

    def client(self, service: str) -> Any:
        """A client that calls as the state machine's role."""
        machine = self.machine
        return self.engine.cloud.clients.client(service, machine.region, machine.principal)

    def redrive_refusal(self) -> str | None:
        """Why the execution cannot be redriven, as DescribeExecution words it; None if it can.

        https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
        """
        if self.status in ("RUNNING", "SUCCEEDED"):
            return f"Execution is {self.status} and cannot be redriven"
        if self.machine.arn.split("/")[0] not in self.engine.store.machines:
            return "State machine is in DELETING status"
        if len(self.history.events) >= HISTORY_EVENTS - 1:
            return "Execution history event limit exceeded"
        now = self.engine.clock.now()
        if now - self.started >= _STANDARD_SECONDS:
            return "Execution has exceeded the max execution time"
        if now - (self.stopped or now) > _REDRIVABLE_SECONDS:
            return "Execution redrivable period exceeded"
        return None

    def redrive(self, parent: Branch | None = None) -> float:
        """Make it RUNNING again, so that ``run`` goes on where it stopped. Return the time."""
        with self._lock:
            if refusal := self.redrive_refusal():
                message = f"Execution {self.arn} invalid for redrive as: {refusal}"
                raise ApiError("ExecutionNotRedrivable", message)
            self.status = "RUNNING"
        with self._running:
            self.finished.wait()
            # "If the state failed because of a States.DataLimitExceeded error", it "is rerun":
            # https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
            if self.error == DATA_LIMIT and self.root.frame:
                self.root.frame.restart()
            self.parent = parent
            self.redriven = self.engine.clock.now()
            self.count_redrive(self.redrive_count + 1, RedriveTime=iso(self.redriven))
            self.finished.clear()
            self.history.reopen(self.redrive_count)
            self.engine.store.reopen(self)
            self._begin()
            return self.redriven

    def count_redrive(self, redrive_count: int, **context: Any) -> None:
        self.redrive_count = redrive_count
        context = {**self.context["Execution"], "RedriveCount": redrive_count, **context}
        self.context = {**self.context, "Execution": context}
        self.engine.count(self.machine, "ExecutionsRedriven")
        self.count_transition()

    def count_transition(self) -> None:
        """Count what a Standard execution is billed by: a state entered, or tried again.

        Also the start of a child of a Distributed Map, and a redrive. The iterations of an inline
        Map are none: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-transitions.html
        """
        unit = units.EXPRESS_STATES if self.machine.is_express else units.TRANSITIONS
        self.count_usage(unit)

    def count_usage(self, unit: str, amount: float = 1.0) -> None:
        machine = self.machine
        self.engine.cloud.usage.add(unit, machine.region, machine.name, amount)

    @property
    def billed_ms(self) -> int:
        """Of an Express execution: its duration in AWS time, rounded up to 100 ms."""
        seconds = (self.stopped or self.started) - self.started
        seconds += self.skipped - self._skipped_before
        return max(1, math.ceil(seconds * 10)) * 100

    def run(self) -> None:
        """Run to the end, on the calling thread."""
        with self._running:
            self._run()

    def _run(self) -> None:
        self.engine.notify_status(self)
        try:
            if self.redriven is None:
                role_arn = self.machine.role_arn
                self.history.record("ExecutionStarted", 0, input=self.input, roleArn=role_arn)
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
        cancel_scope = self.cancel_scope  # a redrive has another one
        self._finish("ABORTED", error=error, cause=cause)
        cancel_scope.cancel(CancelReason.STOPPED)

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
        self.skipped = self.root.skipped
        machine, engine = self.machine, self.engine
        engine.count(machine, f"Executions{ending}")
        if self.redrive_count:
            engine.count(machine, f"RedrivenExecutions{ending}")
        else:
            milliseconds = (self.stopped - self.started) * 1000.0
            engine.count(machine, "ExecutionTime", milliseconds, "Milliseconds")
        if machine.is_express:
            self.count_usage(units.EXPRESS_REQUESTS)
            gigabytes = BILLED_MEMORY_MB / 1024
            self.count_usage(units.EXPRESS_GB_SECONDS, gigabytes * self.billed_ms / 1000)
        self.cancel_scope.close()
        # The thread of an execution that is aborted from outside may still be at work.
        is_over = status == "SUCCEEDED" or (machine.is_express and status != "ABORTED")
        if is_over:
            self._compact()
        engine.store.close(self)
        engine.notify_status(self)
        self.finished.set()
        if is_over:
            self.finished = _FINISHED

    def _compact(self) -> None:
        """Drop what only a redrive would need: thousands of ended executions are kept.

        Without ``root``, which refers to it, an execution goes without the garbage collector.
        """
        self.history.compress()
        self.context, self.parent, self.cancel_scope = {}, None, _ENDED
        del self.root
