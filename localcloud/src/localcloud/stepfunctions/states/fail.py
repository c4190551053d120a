"""Fail: ends its graph with an error of its own."""

from __future__ import annotations

from dataclasses import dataclass

from localcloud.stepfunctions.errors import StateError
from localcloud.stepfunctions.expressions import Template
from localcloud.stepfunctions.frame import Frame
from localcloud.stepfunctions.states.state import ParseContext, State
from localcloud.stepfunctions.transition import Step


@dataclass(frozen=True)
class Fail(State):
    error: Template | None
    cause: Template | None

    type_name = "Fail"

    @classmethod
    def parse(cls, context: ParseContext) -> Fail:
        fields = context.fields
        return cls(context.common, fields.template("Error"), fields.template("Cause"))

    def run(self, frame: Frame) -> Step:
        raise StateError(_text(frame, self.error), _text(frame, self.cause))


def _text(frame: Frame, template: Template | None) -> str | None:
    if template is None:
        return None
    value = frame.evaluate(template)
    if not isinstance(value, str):
        raise frame.unexpected(template, "string", value)
    return value
