"""What a Task state hands its work to."""

from collections.abc import Collection
from typing import Any, ClassVar, NamedTuple

from localcloud.stepfunctions.execution import Execution
from localcloud.stepfunctions.fields import Fields


class TaskCall(NamedTuple):
    """For which task an integration is called."""

    execution: Execution
    state: str


class Integration:
    """``resource_type`` and ``resource`` are those of the events: ``lambda`` and ``invoke``."""

    event_prefix: ClassVar[str] = "Task"
    supported_arguments: Collection[str] | None = None  # None: not known
    required_arguments: Collection[str] = ()

    def __init__(self, resource_type: str, resource: str) -> None:
        self.resource_type = resource_type
        self.resource = resource

    @property
    def resource_name(self) -> str:
        """The name in States.DataLimitExceeded."""
        return self.resource_type

    @property
    def event_details(self) -> dict[str, Any]:
        """Members of all the task's events."""
        return {"resourceType": self.resource_type, "resource": self.resource}

    def scheduled_details(self, region: str, arguments: Any) -> dict[str, Any]:
        return {**self.event_details, "region": region, "parameters": arguments}

    def check(self, fields: Fields, arguments: dict[str, Any]) -> None:
        """Report literal Arguments that AWS would refuse when the state machine is created."""
        for name in arguments:
            if self.supported_arguments is not None and name not in self.supported_arguments:
                fields.report("Arguments", f'The field "{name}" is not supported by Step Functions')
        for name in self.required_arguments:
            if name not in arguments:
                fields.report("Arguments", f"The field '{name}' is required but was missing")

    def validate(self, arguments: Any) -> None:
        """Raise InvalidArguments for evaluated Arguments with which AWS does not start the task."""

    def call(self, call: TaskCall, arguments: Any) -> Any:
        """The task's result. Raises StateError."""
        raise NotImplementedError
