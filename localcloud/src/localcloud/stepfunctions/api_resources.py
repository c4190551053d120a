"""State machines, executions and map runs: found by their ARNs, and as the API shows them.

Members that an operation does not have, and those that are None, are left out of its answer.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from localcloud.clock import utc
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.gateway.service import Service
from localcloud.stepfunctions.compact_json import dumps
from localcloud.stepfunctions.engine import Engine
from localcloud.stepfunctions.execution import Execution
from localcloud.stepfunctions.map_run import MapRun
from localcloud.stepfunctions.references import variable_references
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


class LazyList(Generic[T]):
    """A list of which only the page that is asked for is converted: there may be 25,000 items."""

    def __init__(self, items: list[T], convert: Callable[[T], dict[str, Any]]) -> None:
        self._items = items
        self._convert = convert

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, page: slice) -> list[dict[str, Any]]:
        return [self._convert(item) for item in self._items[page]]


def summarize_execution(execution: Execution) -> dict[str, Any]:
    return {
        "executionArn": execution.arn,
        "stateMachineArn": execution.machine.arn,
        "name": execution.name,
        "status": execution.status,
        "startDate": utc(execution.started),
        "stopDate": None if execution.stopped is None else utc(execution.stopped),
        "mapRunArn": execution.map_run_arn,
        "itemCount": 1 if execution.map_run_arn else None,
        "redriveCount": execution.redrive_count,
        "redriveDate": None if execution.redriven is None else utc(execution.redriven),
    }


def describe_execution(execution: Execution, params: dict[str, Any]) -> dict[str, Any]:
    has_data = params.get("includedData", "ALL_DATA") == "ALL_DATA"
    has_output = execution.status == "SUCCEEDED"
    description = {
        **summarize_execution(execution),
        "inputDetails": {"included": has_data},
        "outputDetails": {"included": has_data} if has_output else None,
    }
    if has_data:
        description |= {
            "input": execution.input_text or dumps(execution.input),
            "output": dumps(execution.output) if has_output else None,
            "error": execution.error,
            "cause": execution.cause,
        }
    return description


def describe_machine(machine: StateMachine, params: dict[str, Any]) -> dict[str, Any]:
    has_data = params.get("includedData", "ALL_DATA") == "ALL_DATA"
    return {
        **summarize_machine(machine),
        "status": "ACTIVE",
        "updateDate": utc(machine.updated),
        "roleArn": machine.role_arn,
        "loggingConfiguration": machine.logging,
        "tracingConfiguration": {"enabled": machine.is_traced},
        "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
        # METADATA_ONLY leaves out the definition, which may be encrypted with a customer's key.
        "definition": machine.definition.text if has_data else "",
        "revisionId": machine.revision,
        "label": machine.label,
        "variableReferences": variable_references(machine.definition.text) or None,
    }


def summarize_machine(machine: StateMachine) -> dict[str, Any]:
    return {
        "stateMachineArn": machine.arn,
        "name": machine.name,
        "type": machine.type,
        "creationDate": utc(machine.created),
    }


def summarize_map_run(run: MapRun) -> dict[str, Any]:
    return {
        "executionArn": run.execution_arn,
        "mapRunArn": run.arn,
        "stateMachineArn": run.machine_arn,
        "startDate": utc(run.started),
        "stopDate": None if run.stopped is None else utc(run.stopped),
        "redriveCount": run.redrive_count,
        "redriveDate": None if run.redriven is None else utc(run.redriven),
    }
