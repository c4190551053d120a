"""aws:branch: the first choice that is true names the next step.

https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-branch.html
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from localcloud.ssm.actions.base import Action, Attempt, Result, StepFailed
from localcloud.ssm.runbook import Step, invalid_document
from localcloud.ssm.values import TypeMismatch, as_text, convert

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
            _check(step, _condition(choice))

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


def _check(step: Step, condition: Any) -> None:
    """ "If an operation isn't supported, the system returns an error" when a runbook is made."""
    if isinstance(condition, dict) and len(condition) == 1 and condition.keys() <= _OPERATORS:
        ((name, operands),) = condition.items()
        operands = [operands] if name == "Not" else operands
        for operand in operands if isinstance(operands, list) else ():
            _check(step, operand)
        return
    keys = set(condition) if isinstance(condition, dict) else set()
    if "Variable" not in keys or len(keys) != 2 or not keys - {"Variable"} <= _OPERATIONS:
        raise invalid_document(
            f"Step {step.name} has a choice that is not supported: {as_text(condition)}"
        )


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
