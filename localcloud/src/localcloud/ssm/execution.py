"""One execution of a runbook, on a thread of its own."""

from __future__ import annotations

import json
import logging
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any

from localcloud.clock import utc
from localcloud.cloud import Cloud
from localcloud.gateway.principals import Principal
from localcloud.ssm.actions import ACTIONS
from localcloud.ssm.actions.base import (
    Attempt,
    Result,
    StepCancelled,
    StepFailed,
    StepTimedOut,
)
from localcloud.ssm.references import fill
from localcloud.ssm.runbook import Runbook, Step
from localcloud.ssm.selectors import NotFound, select
from localcloud.ssm.values import NotOfType, convert

log = logging.getLogger(__name__)
ENDED = frozenset({"Success", "Failed", "TimedOut", "Cancelled"})


@dataclass
class StepRecord:
    """What became of a step; ``inputs`` are those it ran with."""

    step: Step
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = "Pending"
    started: float | None = None
    ended: float | None = None
    inputs: dict[str, Any] | None = None
    outputs: dict[str, Any] = field(default_factory=dict)
    response: Any = None
    failure: str | None = None
    failure_stage: str | None = None
    failure_type: str | None = None
    next_step: str | None = None


@dataclass(frozen=True)
class Origin:
    """What was started, by whom, as whom."""

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
        self.started = cloud.clock.now()
        self.ended: float | None = None
        self.records = {step.name: StepRecord(step) for step in runbook.steps}
        self.current: StepRecord | None = None
        self._cloud = cloud
        self._ending = threading.Lock()
        self._stop = threading.Event()
        self._cancelled = False
        self._finish_early = False
        self._verdict = "Success"
        self._thread = threading.Thread(target=self._run, name="automation", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def cancel(self) -> None:
        """End it now; steps with onCancel have their say."""
        with self._ending:
            if self.ended is None:
                self._cancelled, self.status = True, "Cancelling"
                self._stop.set()

    def finish_early(self) -> None:
        """End it after the step that runs."""
        self._finish_early = True

    def join(self, timeout: float | None = None) -> None:
        self._thread.join(timeout)

    def output(self, name: str) -> Any:
        """``<step>.<output>``; KeyError if the step has not given it."""
        step, _, output = name.partition(".")
        return self.records[step].outputs[output]

    def _run(self) -> None:
        try:
            name: str | None = self.runbook.steps[0].name
            while name is not None:
                self.current = record = self.records[name]
                self._perform(record)
                name = record.next_step = self._next(record)
        except Exception as error:
            log.exception("an automation failed inside the local cloud")
            self._verdict, self.failure = "Failed", f"local cloud: {error!r}"
        with self._ending:
            self.ended = self._cloud.clock.now()
            self.status = "Cancelled" if self._cancelled else self._verdict

    def _perform(self, record: StepRecord) -> None:
        record.status, record.started = "InProgress", self._cloud.clock.now()
        for _ in range(record.step.max_attempts):
            record.failure = record.failure_stage = record.failure_type = None
            try:
                self._attempt(record)
            except StepFailed as error:
                record.status, record.failure = "Failed", str(error)
                record.failure_stage, record.failure_type = error.stage, error.kind
                record.response = error.response
            except StepTimedOut as error:
                record.status, record.failure = "TimedOut", str(error)
                record.failure_stage, record.failure_type = "Invocation", "Action"
            except StepCancelled:
                record.status = "Cancelled"
            if record.status in ("Success", "Cancelled") or self._stop.is_set():
                break
        record.ended = self._cloud.clock.now()

    def _attempt(self, record: StepRecord) -> None:
        step, origin = record.step, self.origin
        record.inputs = fill(step.inputs, self._resolve)
        attempt = Attempt(
            self._cloud, origin.region, origin.principal, step, record.inputs or {}, self._stop
        )
        result = ACTIONS[step.action].run(attempt)
        record.response = result.response
        record.outputs = {**result.outputs, **_selected(step, result)}
        record.next_step = result.next_step
        record.status = "Success"

    def _next(self, record: StepRecord) -> str | None:
        """The step to go on with; None at the end."""
        step, following = record.step, record.step.next_step or self.runbook.after(record.step)
        if record.status == "Cancelled":
            self._stop.clear()  # what onCancel names still runs
            _, colon, name = step.on_cancel.partition(":")
            return name if colon else None
        if self._cancelled or self._finish_early:
            return None
        if record.status == "Success":
            return record.next_step or (None if step.is_end else following)
        if step.is_critical:
            self._verdict, self.failure = record.status, record.failure
        if step.on_failure.startswith("step:"):
            return step.on_failure.removeprefix("step:")
        return following if step.on_failure == "Continue" and not step.is_end else None

    def _resolve(self, name: str) -> Any:
        if name in self.origin.parameters:
            return self.origin.parameters[name]
        if ":" in name:
            return self._variable(name)
        try:
            return self.output(name)
        except KeyError:
            raise StepFailed(
                f"{name} has no value: the step was not successfully executed",
                stage="InputValidation",
            ) from None

    def _variable(self, name: str) -> str:
        now = utc(self._cloud.clock.now())
        return {
            "global:ACCOUNT_ID": self._cloud.settings.account_id,
            "global:DATE": f"{now:%Y-%m-%d}",
            "global:DATE_TIME": f"{now:%Y-%m-%d_%H.%M.%S}",
            "global:AWS_PARTITION": "aws",
            "global:REGION": self.origin.region,
            "automation:EXECUTION_ID": self.id,
        }[name]


def _selected(step: Step, result: Result) -> dict[str, Any]:
    """The step's own outputs."""
    found: dict[str, Any] = {}
    for output in step.outputs:
        try:
            found[output.name] = convert(select(output.selector, result.response), output.type)
        except NotFound:
            continue  # an output that is not there has no value; who refers to it fails
        except NotOfType as error:
            raise StepFailed(
                f"Output {output.name} ({output.selector}): {error}", stage="PostVerification",
                kind="Verification", response=json.loads(json.dumps(result.response)),
            ) from error  # fmt: skip
    return found
