"""What a Task state hands its work to, and the events around it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from localcloud.stepfunctions.errors import TIMEOUT, StateError

if TYPE_CHECKING:
    from localcloud.stepfunctions.branch import Frame


class TaskCall:
    """One call of an integration: for whom, and whether anybody still waits for it."""

    def __init__(self, frame: Frame, integration: Integration) -> None:
        self.execution = frame.branch.execution
        self.state = frame.state.name
        self.abandoned = threading.Event()
        self._frame = frame
        self._integration = integration

    def client(self, service: str) -> Any:
        return self.execution.client(service)

    def abandon(self) -> None:
        self.abandoned.set()

    def submitted(self, output: Any) -> None:
        """A ``.sync`` integration has started its job."""
        if not self.abandoned.is_set():
            integration = self._integration
            self._frame.branch.record(
                "TaskSubmitted",
                "taskSubmittedEventDetails",
                resourceType=integration.resource_type,
                resource=integration.resource,
                output=output,
            )


class Integration:
    """``resource_type`` and ``resource`` are those of the events: ``lambda`` and ``invoke``."""

    events: ClassVar[Events]

    def __init__(self, resource_type: str, resource: str) -> None:
        self.resource_type = resource_type
        self.resource = resource

    @property
    def resource_name(self) -> str:
        """As States.DataLimitExceeded names it."""
        return self.resource_type

    def call(self, call: TaskCall, arguments: Any) -> Any:
        """The task's result. Raises StateError."""
        raise NotImplementedError


class Events(Protocol):
    def scheduled(
        self, frame: Frame, integration: Integration, arguments: Any, seconds: float | None
    ) -> None: ...

    def succeeded(self, frame: Frame, integration: Integration, result: Any) -> None: ...

    def failed(self, frame: Frame, integration: Integration, error: StateError) -> None: ...


class TaskEvents:
    """Of service integrations."""

    def scheduled(
        self, frame: Frame, integration: Integration, arguments: Any, seconds: float | None
    ) -> None:
        about = {"resourceType": integration.resource_type, "resource": integration.resource}
        branch = frame.branch
        branch.record(
            "TaskScheduled",
            "taskScheduledEventDetails",
            **about,
            region=branch.execution.machine.region,
            parameters=arguments,
            timeoutInSeconds=None if seconds is None else int(seconds),
        )
        branch.record("TaskStarted", "taskStartedEventDetails", **about)

    def succeeded(self, frame: Frame, integration: Integration, result: Any) -> None:
        frame.branch.record(
            "TaskSucceeded",
            "taskSucceededEventDetails",
            resourceType=integration.resource_type,
            resource=integration.resource,
            output=result,
        )

    def failed(self, frame: Frame, integration: Integration, error: StateError) -> None:
        kind = "TimedOut" if error.error == TIMEOUT else "Failed"
        frame.branch.record(
            f"Task{kind}",
            f"task{kind}EventDetails",
            resourceType=integration.resource_type,
            resource=integration.resource,
            error=error.error,
            cause=error.cause,
        )


class LambdaFunctionEvents:
    """Of a Task whose Resource is the ARN of a function."""

    def scheduled(
        self, frame: Frame, integration: Integration, arguments: Any, seconds: float | None
    ) -> None:
        frame.branch.record(
            "LambdaFunctionScheduled",
            "lambdaFunctionScheduledEventDetails",
            resource=integration.resource,
            input=arguments,
            timeoutInSeconds=None if seconds is None else int(seconds),
        )
        frame.branch.record("LambdaFunctionStarted")

    def succeeded(
        self,
        frame: Frame,
        integration: Integration,  # noqa: ARG002 - the Events interface
        result: Any,
    ) -> None:
        frame.branch.record(
            "LambdaFunctionSucceeded", "lambdaFunctionSucceededEventDetails", output=result
        )

    def failed(
        self,
        frame: Frame,
        integration: Integration,  # noqa: ARG002 - the Events interface
        error: StateError,
    ) -> None:
        kind = "TimedOut" if error.error == TIMEOUT else "Failed"
        frame.branch.record(
            f"LambdaFunction{kind}",
            f"lambdaFunction{kind}EventDetails",
            error=error.error,
            cause=error.cause,
        )


Integration.events = TaskEvents()
