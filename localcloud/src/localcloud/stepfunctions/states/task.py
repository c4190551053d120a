"""Task: an integration does the work; the time-out is not scaled, because the work is real."""

from dataclasses import dataclass
from typing import Any, Self

from localcloud.gateway.errors import not_emulated
from localcloud.stepfunctions.branch import Frame
from localcloud.stepfunctions.compact_json import dumps
from localcloud.stepfunctions.errors import (
    RUNTIME,
    TIMEOUT,
    Cancelled,
    CancelReason,
    InvalidArguments,
    StateError,
)
from localcloud.stepfunctions.expressions import Template
from localcloud.stepfunctions.integrations import read_integration
from localcloud.stepfunctions.integrations.integration import Integration, TaskCall
from localcloud.stepfunctions.quotas import MAX_SECONDS
from localcloud.stepfunctions.states.state import ParseContext, State
from localcloud.stepfunctions.transition import Step


@dataclass(frozen=True)
class Task(State):
    integration: Integration
    arguments: Template | None
    timeout: Template | None

    type_name = "Task"

    @classmethod
    def parse(cls, context: ParseContext) -> Self:
        fields = context.fields
        for name in ("HeartbeatSeconds", "Credentials"):
            if fields.has(name):
                raise not_emulated(f"{name} of Task states (at {fields.location})")
        integration = read_integration(fields, context.machine_type, context.region)
        timeout = fields.integer_template("TimeoutSeconds", 1, MAX_SECONDS)
        return cls(context.common, integration, fields.template("Arguments"), timeout)

    def run(self, frame: Frame) -> Step:
        branch, integration = frame.branch, self.integration
        arguments = frame.evaluate_arguments(self.arguments)
        self._validate(frame, arguments)
        seconds = frame.number(self.timeout, 1, MAX_SECONDS)
        prefix, details = integration.event_prefix, integration.event_details
        branch.record(
            f"{prefix}Scheduled",
            **integration.scheduled_details(branch.execution.machine.region, arguments),
            timeoutInSeconds=None if seconds is None else int(seconds),
        )
        branch.record(f"{prefix}Started", **details)
        try:
            result = self._perform(frame, arguments, seconds)
            frame.check_size(result, "Result", integration.resource_name)
        except StateError as error:
            outcome = "TimedOut" if error.error == TIMEOUT else "Failed"
            branch.record(f"{prefix}{outcome}", **details, error=error.error, cause=error.cause)
            raise
        branch.record(f"{prefix}Succeeded", **details, output=result)
        return self.leave_with(frame, result)

    def _validate(self, frame: Frame, arguments: Any) -> None:
        try:
            self.integration.validate(arguments)
        except InvalidArguments as error:
            subject = f"The Parameters '{dumps(arguments)}'"
            cause = frame.locate(f"{subject} could not be used to start the Task: [{error}]")
            raise StateError(RUNTIME, cause) from error

    def _perform(self, frame: Frame, arguments: Any, seconds: float | None) -> Any:
        branch = frame.branch
        engine = branch.execution.engine
        call = TaskCall(branch.execution, frame.state)
        remaining = branch.remaining()
        try:
            return engine.threads.call(
                lambda: engine.perform(self.integration, call, arguments),
                remaining if seconds is None else min(seconds, remaining),
                branch.cancel_scope,
            )
        except TimeoutError:
            if seconds is None or remaining < seconds:
                raise Cancelled(CancelReason.TIMED_OUT) from None
            raise StateError(TIMEOUT) from None
        except (Cancelled, StateError):
            raise
        except Exception as error:
            raise branch.execution.defect(error) from error
