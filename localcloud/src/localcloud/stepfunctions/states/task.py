"""Task: has an integration do the work, with a time-out that is not scaled, because the work is
real.
"""

from __future__ import annotations

from typing import Any

from localcloud.gateway.errors import not_emulated
from localcloud.stepfunctions.branch import Visit
from localcloud.stepfunctions.errors import TIMEOUT, Halted, Reason, StateError
from localcloud.stepfunctions.expressions import Template
from localcloud.stepfunctions.integrations.base import Integration, TaskCall
from localcloud.stepfunctions.quotas import MAX_SECONDS
from localcloud.stepfunctions.retry import Policy, read_policy
from localcloud.stepfunctions.states.base import Common, Reading, State, Step, attempt


class Task(State):
    kind = "Task"
    retries = True

    def __init__(
        self,
        common: Common,
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

    def run(self, visit: Visit) -> Step:
        return attempt(visit, self.policy, lambda: self._once(visit))

    def _once(self, visit: Visit) -> Step:
        arguments = visit.data
        if self.arguments is not None:
            arguments = visit.checked(visit.evaluate(self.arguments), "Arguments")
        seconds = visit.number(self.timeout, 1, MAX_SECONDS)
        integration = self.integration
        events = integration.events
        events.scheduled(visit, integration, arguments, seconds)
        try:
            result = self._perform(visit, arguments, seconds)
            visit.checked(result, "Result", integration.resource_name)
        except StateError as error:
            events.failed(visit, integration, error)
            raise
        events.succeeded(visit, integration, result)
        return self.leave(visit, result, visit.scope(result=result))

    def _perform(self, visit: Visit, arguments: Any, seconds: float | None) -> Any:
        branch = visit.branch
        engine = branch.execution.engine
        call = TaskCall(visit, self.integration)
        left = branch.remaining()
        try:
            return engine.threads.call(
                lambda: engine.perform(self.integration, call, arguments),
                left if seconds is None else min(seconds, left),
                branch.halter,
            )
        except TimeoutError:
            call.abandon()
            if seconds is None or left < seconds:
                raise Halted(Reason.TIMED_OUT) from None
            raise StateError(TIMEOUT) from None
        except Halted:
            call.abandon()
            raise
        except StateError:
            raise
        except Exception as error:
            raise branch.execution.defect(error) from error


def read(reading: Reading) -> State:
    fields = reading.fields
    for name in ("HeartbeatSeconds", "Credentials"):
        if fields.has(name):
            raise not_emulated(f"{name} of Task states (at {fields.location})")
    fields.require("Resource")
    integration = reading.integration(fields)
    return Task(
        reading.common,
        integration,
        fields.template("Arguments"),
        fields.integer_template("TimeoutSeconds", 1, MAX_SECONDS),
        read_policy(fields, reading.transitions),
    )
