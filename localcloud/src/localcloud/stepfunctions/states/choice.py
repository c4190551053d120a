"""Choice: goes where the first true Condition points, or to Default."""

from __future__ import annotations

from dataclasses import dataclass

from localcloud.stepfunctions.branch import Visit
from localcloud.stepfunctions.errors import StateError
from localcloud.stepfunctions.expressions import Template, is_expression
from localcloud.stepfunctions.fields import Fields
from localcloud.stepfunctions.retry import Assign, read_assign
from localcloud.stepfunctions.states.base import Common, Reading, State, Step, leave


@dataclass(frozen=True)
class Rule:
    condition: Template
    next: str
    assign: Assign | None
    output: Template | None


class Choice(State):
    kind = "Choice"

    def __init__(self, common: Common, rules: list[Rule], default: str | None) -> None:
        super().__init__(common)
        self.rules = rules
        self.default = default

    def run(self, visit: Visit) -> Step:
        scope = visit.scope()
        for rule in self.rules:
            answer = visit.evaluate(rule.condition, scope)
            if not isinstance(answer, bool):
                raise visit.unexpected(rule.condition, "boolean", answer)
            if answer:
                return leave(visit, rule.assign, rule.output, visit.data, rule.next, scope)
        if self.default is None:
            raise StateError(
                "States.NoChoiceMatched",
                visit.at_this_state(
                    "Failed to transition out of the state. No choice rule matched."
                ),
            )
        return leave(visit, self.assign, self.output, visit.data, self.default, scope)


def read(reading: Reading) -> State:
    fields = reading.fields
    fields.require("Choices")
    values = fields.items("Choices")
    if not values:
        fields.wrong("Choices", "The field 'Choices' should be a non-empty array")
    rules = []
    for index, value in enumerate(values):
        name = f"Choices[{index}]"
        rule = _read_rule(Fields(value, fields.at(name), fields.problems, name), reading)
        if rule:
            rules.append(rule)
    default = fields.text("Default")
    if default:
        reading.transitions.append((fields.at("Default"), default))
    return Choice(reading.common, rules, default)


def _read_rule(fields: Fields, reading: Reading) -> Rule | None:
    complete = fields.require("Condition", "Next")
    constant = fields.raw("Condition")
    if isinstance(constant, bool) or is_expression(constant):
        condition = fields.compile("Condition", constant)
    else:
        fields.wrong(
            "Condition", "The field 'Condition' should be a JSONata expression or a boolean"
        )
        condition = None
    target = fields.text("Next") or ""
    if target:
        reading.transitions.append((fields.at("Next"), target))
    assign, output = read_assign(fields), fields.template("Output")
    fields.text("Comment")
    fields.done()
    return Rule(condition, target, assign, output) if complete and condition else None
