"""Fail: ends its graph with an error of its own."""

from __future__ import annotations

from localcloud.stepfunctions.branch import Frame
from localcloud.stepfunctions.errors import StateError
from localcloud.stepfunctions.expressions import Template
from localcloud.stepfunctions.states.state import CommonFields, ParseContext, State, Step


class Fail(State):
    kind = "Fail"

    def __init__(
        self, common: CommonFields, error: Template | None, cause: Template | None
    ) -> None:
        super().__init__(common)
        self.error = error
        self.cause = cause

    def run(self, frame: Frame) -> Step:
        raise StateError(_text(frame, self.error), _text(frame, self.cause))


def _text(frame: Frame, template: Template | None) -> str | None:
    if template is None:
        return None
    value = frame.evaluate(template)
    if not isinstance(value, str):
        raise frame.unexpected(template, "string", value)
    return value


def read(context: ParseContext) -> State:
    fields = context.fields
    return Fail(context.common, fields.template("Error"), fields.template("Cause"))
