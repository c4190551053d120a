"""Task: has an integration do the work, with a time-out that is not scaled, because the work is
real.
"""

from __future__ import annotations

from typing import Any

from localcloud.gateway.errors import not_emulated
from localcloud.stepfunctions.branch import Frame
from localcloud.stepfunctions.errors import TIMEOUT, Cancelled, CancelReason, StateError
from localcloud.stepfunctions.expressions import Template
from localcloud.stepfunctions.integrations.integration import Integration, TaskCall
from localcloud.stepfunctions.quotas import MAX_SECONDS
from localcloud.stepfunctions.retry import Policy, read_policy
from localcloud.stepfunctions.states.state import CommonFields, ParseContext, State, Step, attempt


class Task(State):
    kind = "Task"
    retries = True

    def __init__(
        self,
        common: CommonFields,
        integration: Integration,
        arguments: Template | None,
        timeout: Template | None,
        policy: Policy,
    ) -> None:
        super().__init__(common)
        self.integration = integration
        self.arguments = arguments
        self.timeout = timeout
        self.policy = policy

    def run(self, frame: Frame) -> Step:
        return attempt(frame, self.policy, lambda: self._once(frame))

    def _once(self, frame: Frame) -> Step:
        arguments = frame.data
        if self.arguments is not None:
            arguments = frame.checked(frame.evaluate(self.arguments), "Arguments")
        seconds = frame.number(self.timeout, 1, MAX_SECONDS)
        integration = self.integration
        events = integration.events
        events.scheduled(frame, integration, arguments, seconds)
        try:
            result = self._perform(frame, arguments, seconds)
            frame.checked(result, "Result", integration.resource_name)
        except StateError as error:
            events.failed(frame, integration, error)
            raise
        events.succeeded(frame, integration, result)
        return self.leave(frame, result, frame.scope(result=result))

    def _perform(self, frame: Frame, arguments: Any, seconds: float | None) -> Any:
        branch = frame.branch
        engine = branch.execution.engine
        call = TaskCall(frame, self.integration)
        left = branch.remaining()
        try:
            return engine.threads.call(
                lambda: engine.perform(self.integration, call, arguments),
                left if seconds is None else min(seconds, left),
                branch.cancel_scope,
            )
        except TimeoutError:
            call.abandon()
            if seconds is None or left < seconds:
                raise Cancelled(CancelReason.TIMED_OUT) from None
            raise StateError(TIMEOUT) from None
        except Cancelled:
            call.abandon()
            raise
        except StateError:
            raise
        except Exception as error:
            raise branch.execution.defect(error) from error


def read(context: ParseContext) -> State:
    fields = context.fields
    for name in ("HeartbeatSeconds", "Credentials"):
        if fields.has(name):
            raise not_emulated(f"{name} of Task states (at {fields.location})")
    fields.require("Resource")
    integration = context.integration(fields)
    return Task(
        context.common,
        integration,
        fields.template("Arguments"),
        fields.integer_template("TimeoutSeconds", 1, MAX_SECONDS),
        read_policy(fields, context.transitions),
    )
