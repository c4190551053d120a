"""aws:branch and aws:sleep. Sleep is scaled by the clock.

https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-branch.html
https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-sleep.html
"""

import operator
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from localcloud.durations import parse_duration
from localcloud.ssm.actions.base import Action, Attempt, Result, StepFailed, StepTimedOut
from localcloud.ssm.runbook import Step, invalid_document
from localcloud.ssm.values import REFERENCE, TypeMismatch, as_text, convert

_TEXTS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": operator.eq,
    "EqualsIgnoreCase": lambda a, b: a.lower() == b.lower(),
    "StartsWith": str.startswith,
    "EndsWith": str.endswith,
    "Contains": operator.contains,
}
_NUMBERS: dict[str, Callable[[int, int], bool]] = {
    "NumericEquals": operator.eq,
    "NumericGreater": operator.gt,
    "NumericLesser": operator.lt,
    "NumericGreaterOrEquals": operator.ge,
    "NumericLesserOrEquals": operator.le,
}
_OPERATIONS = {*_TEXTS, *_NUMBERS, "BooleanEquals"}
_OPERATORS = {"And", "Or", "Not"}
_MAX_SECONDS = 604_800  # "Automation supports a maximum delay of 604800 seconds (7 days)."


class Branch(Action):
    name = "aws:branch"
    inputs = frozenset({"Choices", "Default"})
    required = frozenset({"Choices"})

    def check(self, step: Step) -> None:
        choices = step.inputs["Choices"]
        if not isinstance(choices, list) or not choices:
            raise invalid_document(f"Step {step.name} needs Choices.")
        for choice in choices:
            if not isinstance(choice, dict) or "NextStep" not in choice:
                raise invalid_document(f"A choice of step {step.name} needs NextStep.")
            _check_condition(step, _condition(choice))

    def next_steps(self, step: Step) -> list[str]:
        default = step.inputs.get("Default")
        choices = [choice["NextStep"] for choice in step.inputs["Choices"]]
        return [*choices, default] if default else choices

    def run(self, attempt: Attempt) -> Result:
        for choice in attempt.inputs["Choices"]:
            if _holds(_condition(choice)):
                return Result(next_step=choice["NextStep"])
        return Result(next_step=attempt.inputs.get("Default"))


def _condition(choice: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in choice.items() if key != "NextStep"}


def _check_condition(step: Step, condition: Any) -> None:
    """ "If an operation isn't supported, the system returns an error" when a runbook is made."""
    if isinstance(condition, dict) and len(condition) == 1 and condition.keys() <= _OPERATORS:
        ((name, operands),) = condition.items()
        operands = [operands] if name == "Not" else operands
        for operand in operands if isinstance(operands, list) else ():
            _check_condition(step, operand)
        return
    keys = set(condition) if isinstance(condition, dict) else set()
    if "Variable" not in keys or len(keys) != 2 or not keys - {"Variable"} <= _OPERATIONS:
        message = f"Step {step.name} has a choice that is not supported: {as_text(condition)}"
        raise invalid_document(message)


def _holds(condition: dict[str, Any]) -> bool:
    if "And" in condition:
        return all(map(_holds, condition["And"]))
    if "Or" in condition:
        return any(map(_holds, condition["Or"]))
    if "Not" in condition:
        return not _holds(condition["Not"])
    variable = condition["Variable"]
    (operation,) = condition.keys() - {"Variable"}
    operand = condition[operation]
    try:
        if operation in _TEXTS:
            return _TEXTS[operation](as_text(variable), as_text(operand))
        if operation in _NUMBERS:
            return _NUMBERS[operation](convert(variable, "Integer"), convert(operand, "Integer"))
        return bool(convert(variable, "Boolean") == convert(operand, "Boolean"))
    except TypeMismatch as error:
        raise StepFailed(f"{operation}: {error}", stage="InputValidation") from error


class Sleep(Action):
    name = "aws:sleep"
    inputs = frozenset({"Duration", "Timestamp"})

    def check(self, step: Step) -> None:
        if len(step.inputs) != 1:
            raise invalid_document(f"Step {step.name} needs either Duration or Timestamp.")
        ((name, value),) = step.inputs.items()
        if not REFERENCE.search(str(value)) and _seconds(step.inputs, now=0.0) is None:
            raise invalid_document(f"Step {step.name}: {value} is no ISO 8601 {name}.")

    def run(self, attempt: Attempt) -> Result:
        seconds = _seconds(attempt.inputs, attempt.cloud.clock.now())
        if seconds is None or seconds > _MAX_SECONDS:
            raise StepFailed(f"{attempt.inputs} is no time to sleep", stage="InputValidation")
        timeout = attempt.step.timeout
        if timeout is not None and timeout < seconds:
            attempt.sleep(timeout)
            raise StepTimedOut("sleeping")
        attempt.sleep(seconds)
        return Result()


def _seconds(inputs: dict[str, Any], now: float) -> float | None:
    """ "If the specified date and time has passed, the action proceeds immediately.\""""
    if "Duration" in inputs:
        return parse_duration(inputs["Duration"])
    try:
        until = datetime.fromisoformat(str(inputs["Timestamp"]))
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, until.timestamp() - now)
