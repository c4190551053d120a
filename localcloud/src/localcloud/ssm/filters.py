"""Filters and pages of the Describe operations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from localcloud.gateway.errors import ApiError, not_emulated
from localcloud.ssm.execution import Execution, StepRecord

Filters = list[dict[str, Any]]

_EXECUTIONS: dict[str, Callable[[Execution, list[str]], bool]] = {
    "DocumentNamePrefix": lambda one, values: one.origin.document.startswith(tuple(values)),
    "ExecutionStatus": lambda one, values: one.status in values,
    "ExecutionId": lambda one, values: one.id in values,
    "ParentExecutionId": lambda _one, _values: False,
    "CurrentAction": lambda one, values: bool(
        one.current and one.ended is None and one.current.step.action in values
    ),
    "StartTimeBefore": lambda one, values: one.started <= _time(values),
    "StartTimeAfter": lambda one, values: one.started >= _time(values),
    "AutomationType": lambda _, values: "Local" in values,
}
_STEPS: dict[str, Callable[[StepRecord, list[str]], bool]] = {
    "StepName": lambda one, values: one.step.name in values,
    "StepExecutionId": lambda one, values: one.id in values,
    "StepExecutionStatus": lambda one, values: one.status in values,
    "Action": lambda one, values: one.step.action in values,
    "StartTimeBefore": lambda one, values: one.started is not None and one.started <= _time(values),
    "StartTimeAfter": lambda one, values: one.started is not None and one.started >= _time(values),
}


def chosen_executions(found: Iterable[Execution], filters: Filters) -> list[Execution]:
    tests = [(_EXECUTIONS.get(one["Key"]) or _unknown(one), one["Values"]) for one in filters]
    return [each for each in found if all(test(each, values) for test, values in tests)]


def chosen_steps(found: Iterable[StepRecord], filters: Filters) -> list[StepRecord]:
    tests = [(_STEPS.get(one["Key"]) or _unknown(one), one["Values"]) for one in filters]
    return [each for each in found if all(test(each, values) for test, values in tests)]


def _time(values: list[str]) -> float:
    try:
        return datetime.fromisoformat(values[0]).timestamp()
    except ValueError:
        raise ApiError("InvalidFilterValue", f"{values[0]} is no time.") from None


def _unknown(one: dict[str, Any]) -> Any:
    raise not_emulated(f"the Automation filter {one['Key']}")
