"""One execution of a state machine: its life from start to its one end."""

from __future__ import annotations

import logging
import threading
from typing import Any

from localcloud.clock import iso
from localcloud.stepfunctions.branch import Branch
from localcloud.stepfunctions.cancel_scope import CancelScope
from localcloud.stepfunctions.engine import Engine
from localcloud.stepfunctions.errors import RUNTIME, Cancelled, CancelReason, StateError
from localcloud.stepfunctions.history import History
from localcloud.stepfunctions.quotas import EXPRESS_SECONDS
from localcloud.stepfunctions.state_machine import StateMachine

log = logging.getLogger(__name__)

_FOREVER = 31_536_000.0  # a Standard execution lasts at most a year


class Execution:
    """``input_text`` is what was given; ``input`` the value. ``parent`` is the branch of the
    Distributed Map state whose child this is.
    """

    def __init__(
        self,
        engine: Engine,
        machine: StateMachine,
        arn: str,
        name: str,
        input_value: Any,
        input_text: str | None = None,
        parent: Branch | None = None,
        map_run_arn: str | None = None,
        item_count: int | None = None,
    ) -> None:
        self.engine = engine
        self.machine = machine
        self.arn = arn
        self.name = name
        self.input = input_value
        self.input_text = input_text
        self.map_run_arn = map_run_arn
        self.item_count = item_count
        self.status = "RUNNING"
        self.output: Any = None
        self.error: str | None = None
        self.cause: str | None = None
        self.started = engine.clock.now()
        self.stopped: float | None = None
        self.done = threading.Event()
        self.cancel_scope = parent.cancel_scope.child() if parent else CancelScope()
        self._parent = parent
        self._lock = threading.Lock()
        target = machine.log_target
        sink = engine.logs.sink(target, machine.name, arn) if target else None
        self.history = History(engine.clock, keep=not machine.is_express, sink=sink)
        self.context = {
            "Execution": {
                "Id": arn,
                "Input": input_value,
                "StartTime": iso(self.started),
                "Name": name,
                "RoleArn": machine.role_arn,
                "RedriveCount": 0,
            },
            "StateMachine": {"Id": machine.arn, "Name": machine.name},
        }
        skipped = parent.skipped if parent else 0.0
        limit = machine.definition.timeout or _FOREVER
        if machine.is_express:
            limit = min(limit, EXPRESS_SECONDS)
        self.deadline = self.started + skipped + limit
        if parent:
            self.deadline = min(self.deadline, parent.execution.deadline)
        self.root = Branch(self, self.cancel_scope, {}, skipped=skipped)
        engine.metrics.started(machine.region, machine.arn)

    def client(self, service: str) -> Any:
        """A client that calls as the state machine's role."""
        return self.engine.cloud.clients.client(
            service, self.machine.region, self.machine.principal
        )

    def run(self) -> None:
        """To the end, on the calling thread."""
        machine = self.machine
        self.engine.status_changed(self)
        try:
            self.history.record(
                "ExecutionStarted",
                0,
                "executionStartedEventDetails",
                input=self.input,
                roleArn=machine.role_arn,
            )
            output = self.root.run(machine.definition.graph, self.input)
        except StateError as error:
            self._finish("FAILED", error=error.error, cause=error.cause)
        except Cancelled as cancelled:
            timed_out = cancelled.reason is CancelReason.TIMED_OUT and not self._halted_from_above()
            self._finish("TIMED_OUT" if timed_out else "ABORTED")
        except Exception as error:
            defect = self.defect(error)
            self._finish("FAILED", error=defect.error, cause=defect.cause)
        else:
            self._finish("SUCCEEDED", output=output)

    def stop(self, error: str | None, cause: str | None) -> None:
        """StopExecution: aborted at once; the threads that work for it unwind afterwards."""
        self._finish("ABORTED", error=error, cause=cause)
        self.cancel_scope.cancel(CancelReason.STOPPED)

    def defect(self, error: Exception) -> StateError:
        """An error of ours, not the workflow's: the trace goes to our log, the execution fails and
        says so.
        """
        log.error("the interpreter failed", exc_info=error, extra={"execution": self.arn})
        return StateError(RUNTIME, f"local cloud: {error!r}")

    def _halted_from_above(self) -> bool:
        return self._parent is not None and self._parent.remaining() <= 0

    def _finish(
        self,
        status: str,
        output: Any = None,
        error: str | None = None,
        cause: str | None = None,
    ) -> None:
        with self._lock:
            if self.stopped is not None:
                return
            self.stopped = self.engine.clock.now()
            self.output, self.error, self.cause = output, error, cause
            self.status = status
        kind = {"TIMED_OUT": "TimedOut"}.get(status, status.capitalize())
        member = f"execution{kind}EventDetails"
        details = {"output": output} if status == "SUCCEEDED" else {"error": error, "cause": cause}
        self.history.close(f"Execution{kind}", self.root.previous, member, **details)
        machine = self.machine
        seconds = self.stopped - self.started
        self.engine.metrics.ended(machine.region, machine.arn, status, seconds)
        self.cancel_scope.close()
        self.engine.store.ended(self)
        self.engine.status_changed(self)
        self.done.set()
