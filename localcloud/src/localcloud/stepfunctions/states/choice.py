"""Choice: goes where the first true Condition points, or to Default."""

from __future__ import annotations

from dataclasses import dataclass

from localcloud.stepfunctions.branch import Frame
from localcloud.stepfunctions.errors import StateError
from localcloud.stepfunctions.expressions import Template, is_expression
from localcloud.stepfunctions.fields import Fields
from localcloud.stepfunctions.retry import Assign, read_assign
from localcloud.stepfunctions.states.state import CommonFields, ParseContext, State, Step, leave


@dataclass(frozen=True)
class Rule:
    condition: Template
    next: str
    assign: Assign | None
    output: Template | None


class Choice(State):
    kind = "Choice"

    def __init__(self, common: CommonFields, rules: list[Rule], default: str | None) -> None:
        super().__init__(common)
        self.rules = rules
        self.default = default

    def run(self, frame: Frame) -> Step:
        scope = frame.scope()
        for rule in self.rules:
            answer = frame.evaluate(rule.condition, scope)
            if not isinstance(answer, bool):
                raise frame.unexpected(rule.condition, "boolean", answer)
            if answer:
                return leave(frame, rule.assign, rule.output, frame.data, rule.next, scope)
        if self.default is None:
            raise StateError(
                "States.NoChoiceMatched",
                frame.at_this_state(
                    "Failed to transition out of the state. No choice rule matched."
                ),
            )
        return leave(frame, self.assign, self.output, frame.data, self.default, scope)


def read(context: ParseContext) -> State:
    fields = context.fields
    fields.require("Choices")
    values = fields.items("Choices")
    if not values:
        fields.wrong("Choices", "The field 'Choices' should be a non-empty array")
    rules = []
    for index, value in enumerate(values):
        name = f"Choices[{index}]"
        rule = _read_rule(Fields(value, fields.at(name), fields.diagnostics, name), context)
        if rule:
            rules.append(rule)
    default = fields.text("Default")
    if default:
        context.transitions.append((fields.at("Default"), default))
    return Choice(context.common, rules, default)


def _read_rule(fields: Fields, context: ParseContext) -> Rule | None:
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
        context.transitions.append((fields.at("Next"), target))
    assign, output = read_assign(fields), fields.template("Output")
    fields.text("Comment")
    fields.done()
    return Rule(condition, target, assign, output) if complete and condition else None
