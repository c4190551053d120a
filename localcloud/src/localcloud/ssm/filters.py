"""Filters and pages of the Describe operations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.ssm.execution import Execution, StepRecord

T = TypeVar("T")
Filters = list[dict[str, Any]]
Test = Callable[[T, list[str]], bool]

_EXECUTIONS: dict[str, Test[Execution]] = {
    "DocumentNamePrefix": lambda item, values: item.origin.document.startswith(tuple(values)),
    "ExecutionStatus": lambda item, values: item.status in values,
    "ExecutionId": lambda item, values: item.id in values,
    "ParentExecutionId": lambda _item, _values: False,
    "CurrentAction": lambda item, values: bool(
        item.current and item.ended_at is None and item.current.step.action in values
    ),
    "StartTimeBefore": lambda item, values: item.started_at <= _time(values),
    "StartTimeAfter": lambda item, values: item.started_at >= _time(values),
    "AutomationType": lambda _, values: "Local" in values,
}
_STEPS: dict[str, Test[StepRecord]] = {
    "StepName": lambda item, values: item.step.name in values,
    "StepExecutionId": lambda item, values: item.id in values,
    "StepExecutionStatus": lambda item, values: item.status in values,
    "Action": lambda item, values: item.step.action in values,
    "StartTimeBefore": lambda item, values: (
        item.started_at is not None and item.started_at <= _time(values)
    ),
    "StartTimeAfter": lambda item, values: (
        item.started_at is not None and item.started_at >= _time(values)
    ),
}


def filter_executions(executions: Iterable[Execution], filters: Filters) -> list[Execution]:
    return _filter(executions, filters, _EXECUTIONS)


def filter_steps(records: Iterable[StepRecord], filters: Filters) -> list[StepRecord]:
    return _filter(records, filters, _STEPS)


def _filter(items: Iterable[T], filters: Filters, known: dict[str, Test[T]]) -> list[T]:
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
