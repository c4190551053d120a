"""Finds what an ARN names, with AWS's errors if there is nothing."""

from __future__ import annotations

from typing import TypeVar

from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.service import Service
from localcloud.stepfunctions.engine import Engine
from localcloud.stepfunctions.execution import Execution
from localcloud.stepfunctions.map_run import MapRun
from localcloud.stepfunctions.state_machine import StateMachine

T = TypeVar("T")

_RESOURCE_TYPE = 5


class Lookup(Service):
    service = "stepfunctions"

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def machine(self, arn: str) -> StateMachine:
        require_arn(arn, "stateMachine")
        if arn.count(":") > 6:
            raise not_emulated("versions and aliases of state machines")
        message = f"State Machine Does Not Exist: '{arn}'"
        return _find(self.engine.store.machines, arn, "StateMachineDoesNotExist", message)

    def tags(self, arn: str) -> dict[str, str]:
        require_arn(arn, "stateMachine")
        return _find(self.engine.store.tags, arn)

    def execution(self, arn: str) -> Execution:
        """A Standard execution: those of Express machines are only visible in their logs."""
        require_arn(arn, "execution")
        message = f"Execution Does Not Exist: '{arn}'"
        return _find(self.engine.store.executions, arn, "ExecutionDoesNotExist", message)

    def map_run(self, arn: str) -> MapRun:
        require_arn(arn, "mapRun")
        return _find(self.engine.store.map_runs, arn)


def _find(items: dict[str, T], arn: str, code: str = "ResourceNotFound", message: str = "") -> T:
    item = items.get(arn)
    if item is None:
        raise ApiError(code, message or f"Resource not found: '{arn}'")
    return item


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
