"""Finds what an ARN names, with AWS's errors if there is nothing."""

from __future__ import annotations

from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.service import Service
from localcloud.stepfunctions.engine import Engine
from localcloud.stepfunctions.execution import Execution
from localcloud.stepfunctions.map_run import MapRun
from localcloud.stepfunctions.state_machine import StateMachine

_RESOURCE_TYPE = 5


class Lookup(Service):
    service = "stepfunctions"

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def machine(self, arn: str) -> StateMachine:
        require_arn(arn, "stateMachine")
        if arn.count(":") > 6:
            raise not_emulated("versions and aliases of state machines")
        machine = self.engine.store.machines.get(arn)
        if machine is None:
            raise ApiError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")
        return machine

    def tags(self, arn: str) -> dict[str, str]:
        require_arn(arn, "stateMachine")
        tags = self.engine.store.tags.get(arn)
        if tags is None:
            raise ApiError("ResourceNotFound", f"Resource not found: '{arn}'")
        return tags

    def execution(self, arn: str) -> Execution:
        """A Standard execution: those of Express machines are only visible in their logs."""
        require_arn(arn, "execution")
        execution = self.engine.store.executions.get(arn)
        if execution is None:
            raise ApiError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
        return execution

    def map_run(self, arn: str) -> MapRun:
        require_arn(arn, "mapRun")
        run = self.engine.store.map_runs.get(arn)
        if run is None:
            raise ApiError("ResourceNotFound", f"Resource not found: '{arn}'")
        return run


def require_arn(arn: str, resource_type: str) -> None:
    """Raise InvalidArn unless ``arn`` is of this type, as in stateMachine or mapRun."""
    parts = arn.split(":")
    if parts[0] != "arn":
        raise ApiError("InvalidArn", f"Invalid Arn: 'Invalid ARN prefix: {arn}'")
    if len(parts) <= _RESOURCE_TYPE + 1 or parts[2] != "states":
        raise ApiError("InvalidArn", f"Invalid Arn: '{arn}'")
    if parts[_RESOURCE_TYPE] != resource_type:
        raise ApiError(
            "InvalidArn",
            f"Invalid Arn: 'Resource type not valid in this context: {parts[_RESOURCE_TYPE]}'",
        )
