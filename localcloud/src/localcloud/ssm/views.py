"""Executions and steps as the API shows them (members that are None are left out), and filters."""

import json
import math
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from localcloud.clock import utc
from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.ssm.execution import FINAL_STATUSES, Execution, StepRecord
from localcloud.ssm.values import as_texts

View = dict[str, Any]
_NO_OUTPUT = "No output available yet because the step is not successfully executed"
T = TypeVar("T")
Filters = list[dict[str, Any]]
Test = Callable[[T, list[str]], bool]


def full(execution: Execution) -> View:
    """Return an AutomationExecution."""
    parameters = {name: as_texts(value) for name, value in execution.origin.parameters.items()}
    return {
        **_common(execution),
        "StepExecutions": [step(record) for record in execution.records.values()],
        "StepExecutionsTruncated": False,
        "Parameters": parameters,
        "ResolvedTargets": {"ParameterValues": [], "Truncated": False},
        "Targets": [],
    }


def metadata(execution: Execution) -> View:
    """Return an AutomationExecutionMetadata, as it stands in lists."""
    return {**_common(execution), "LogFile": "", "AutomationType": "Local"}


def step(record: StepRecord) -> View:
    """Return a StepExecution, in which each input is a JSON text."""
    definition = record.step
    has_ended = record.status in FINAL_STATUSES
    view: View = {
        "StepName": definition.name,
        "Action": definition.action,
        "StepStatus": record.status,
        "StepExecutionId": record.id,
        "OnFailure": definition.on_failure,
        "MaxAttempts": definition.max_attempts,
        "IsEnd": definition.is_end,
        "IsCritical": definition.is_critical,
        "Inputs": {name: _json(value) for name, value in (record.inputs or {}).items()},
        "Outputs": {name: as_texts(value) for name, value in record.outputs.items()},
        "OverriddenParameters": {},
        "TimeoutSeconds": None if definition.timeout is None else int(definition.timeout),
        "NextStep": record.next_step or definition.next_step,
        "ExecutionStartTime": None if record.started_at is None else utc(record.started_at),
        "ExecutionEndTime": None if record.ended_at is None else utc(record.ended_at),
        "ResponseCode": str(int(record.status != "Success")) if has_ended else None,
        "Response": _json(record.response) if has_ended and record.response is not None else None,
    }
    if failure := record.failure:
        view["FailureMessage"] = str(failure)
        view["FailureDetails"] = {
            "FailureStage": failure.stage,
            "FailureType": failure.kind,
            "Details": {"VerificationErrorMessage": [str(failure)]},
        }
    return view


def _common(execution: Execution) -> View:
    origin = execution.origin
    current = execution.current if execution.ended_at is None else None
    return {
        "AutomationExecutionId": execution.id,
        "DocumentName": origin.document,
        "DocumentVersion": origin.version,
        "AutomationExecutionStatus": execution.status,
        "ExecutionStartTime": utc(execution.started_at),
        "ExecutionEndTime": None if execution.ended_at is None else utc(execution.ended_at),
        "ExecutedBy": origin.executed_by,
        "Mode": "Auto",
        "Outputs": {name: _output(execution, name) for name in execution.runbook.outputs},
        "CurrentStepName": current.step.name if current else None,
        "CurrentAction": current.step.action if current else None,
        "FailureMessage": execution.failure,
    }


def _output(execution: Execution, name: str) -> list[str]:
    try:
        return as_texts(execution.output(name))
    except KeyError:
        return [_NO_OUTPUT]


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


_START_TIMES: dict[str, Test[Execution | StepRecord]] = {
    "StartTimeBefore": lambda item, values: (item.started_at or math.inf) <= _time(values),
    "StartTimeAfter": lambda item, values: (item.started_at or 0) >= _time(values),
}
EXECUTION_FILTERS: dict[str, Test[Execution]] = {
    "DocumentNamePrefix": lambda item, values: item.origin.document.startswith(tuple(values)),
    "ExecutionStatus": lambda item, values: item.status in values,
    "ExecutionId": lambda item, values: item.id in values,
    "ParentExecutionId": lambda _item, _values: False,
    "CurrentAction": lambda item, values: bool(
        item.current and item.ended_at is None and item.current.step.action in values
    ),
    **_START_TIMES,
    "AutomationType": lambda _, values: "Local" in values,
}
STEP_FILTERS: dict[str, Test[StepRecord]] = {
    "StepName": lambda item, values: item.step.name in values,
    "StepExecutionId": lambda item, values: item.id in values,
    "StepExecutionStatus": lambda item, values: item.status in values,
    "Action": lambda item, values: item.step.action in values,
    **_START_TIMES,
}


def filtered(items: Iterable[T], filters: Filters, known: dict[str, Test[T]]) -> list[T]:
    for entry in filters:
        if entry["Key"] not in known:
            raise not_emulated(f"the Automation filter {entry['Key']}")
    tests = [(known[entry["Key"]], entry["Values"]) for entry in filters]
    return [item for item in items if all(test(item, values) for test, values in tests)]


def _time(values: list[str]) -> float:
    try:
        return datetime.fromisoformat(values[0]).timestamp()
    except ValueError:
        raise ApiError("InvalidFilterValue", f"{values[0]} is no time.") from None
