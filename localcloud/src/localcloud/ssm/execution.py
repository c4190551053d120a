"""One execution of a runbook, on a thread of its own."""

import logging
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any

from localcloud.cloud import Cloud
from localcloud.gateway.principals import Principal
from localcloud.ssm.actions import ACTIONS
from localcloud.ssm.actions.base import Attempt, StepCancelled, StepFailed
from localcloud.ssm.runbook import Runbook, Step
from localcloud.ssm.values import EXECUTION_ID, resolve_references

log = logging.getLogger(__name__)
FINAL_STATUSES = frozenset({"Success", "Failed", "TimedOut", "Cancelled"})


@dataclass
class StepRecord:
    """The state of a step in an execution; ``inputs`` are those it ran with."""

    step: Step
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = "Pending"
    started_at: float | None = None
    ended_at: float | None = None
    inputs: dict[str, Any] | None = None
    outputs: dict[str, Any] = field(default_factory=dict)
    response: Any = None
    failure: StepFailed | None = None
    next_step: str | None = None


@dataclass(frozen=True)
class Origin:
    """What was started, by whom, and the principal that it acts as."""

    region: str
    document: str
    version: str
    executed_by: str
    principal: Principal
    parameters: dict[str, Any]


class Execution:
    """``status`` is the API's AutomationExecutionStatus."""

    def __init__(self, cloud: Cloud, execution_id: str, origin: Origin, runbook: Runbook) -> None:
        self.id = execution_id
        self.origin = origin
        self.runbook = runbook
        self.status = "InProgress"
        self.failure: str | None = None
        self.started_at = cloud.clock.now()
        self.ended_at: float | None = None
        self.records = {step.name: StepRecord(step) for step in runbook.steps}
        self.current: StepRecord | None = None
        self._cloud = cloud
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._is_cancelled = False
        self._final_status = "Success"
        self._thread = threading.Thread(target=self._run, name="automation", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def cancel(self) -> None:
        with self._lock:
            if self.ended_at is None:
                self._is_cancelled, self.status = True, "Cancelling"
                self._stop.set()

    def join(self, timeout: float | None = None) -> None:
        self._thread.join(timeout)

    def output(self, name: str) -> Any:
        """Return the output ``<step>.<output>``, or KeyError if the step has none yet."""
        step, _, output = name.partition(".")
        return self.records[step].outputs[output]

    def _run(self) -> None:
        try:
            name: str | None = self.runbook.steps[0].name
            while name is not None:
                self.current = record = self.records[name]
                self._run_step(record)
                name = record.next_step = self._next(record)
        except Exception as error:
            log.exception("an automation failed inside the local cloud")
            self._final_status, self.failure = "Failed", f"local cloud: {error!r}"
        with self._lock:
            self.ended_at = self._cloud.clock.now()
            self.status = "Cancelled" if self._is_cancelled else self._final_status

    def _run_step(self, record: StepRecord) -> None:
        record.started_at = self._cloud.clock.now()
        record.status = "InProgress"
        for _ in range(record.step.max_attempts):
            record.failure = None
            try:
                self._attempt(record)
            except StepFailed as error:
                record.status, record.failure, record.response = error.status, error, error.response
            except StepCancelled:
                record.status = "Cancelled"
            if record.status in ("Success", "Cancelled") or self._stop.is_set():
                break
        record.ended_at = self._cloud.clock.now()

    def _attempt(self, record: StepRecord) -> None:
        step, origin = record.step, self.origin
        record.inputs = inputs = resolve_references(step.inputs, self._value_of) or {}
        attempt = Attempt(self._cloud, origin.region, origin.principal, step, inputs, self._stop)
        result = ACTIONS[step.action].run(attempt)
        record.response = result.response
        record.outputs = result.outputs
        record.status = "Success"

    def _next(self, record: StepRecord) -> str | None:
        """Return the step to go on with; None at the end."""
        step, following = record.step, record.step.next_step or self.runbook.after(record.step)
        if self._is_cancelled:
            return None
        if record.status == "Success":
            return None if step.is_end else following
        if step.is_critical:
            self._final_status, self.failure = record.status, str(record.failure)
        return following if step.on_failure == "Continue" and not step.is_end else None

    def _value_of(self, name: str) -> Any:
        return self.id if name == EXECUTION_ID else self.origin.parameters[name]
