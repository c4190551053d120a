"""Fail: ends its graph with an error of its own."""

from __future__ import annotations

from localcloud.stepfunctions.branch import Visit
from localcloud.stepfunctions.errors import StateError
from localcloud.stepfunctions.expressions import Template
from localcloud.stepfunctions.states.base import Common, Reading, State, Step


class Fail(State):
    kind = "Fail"

    def __init__(self, common: Common, error: Template | None, cause: Template | None) -> None:
        super().__init__(common)
        self.error = error
        self.cause = cause

    def run(self, visit: Visit) -> Step:
        raise StateError(_text(visit, self.error), _text(visit, self.cause))


def _text(visit: Visit, template: Template | None) -> str | None:
    if template is None:
        return None
    value = visit.evaluate(template)
    if not isinstance(value, str):
        raise visit.unexpected(template, "string", value)
    return value


def read(reading: Reading) -> State:
    fields = reading.fields
    return Fail(reading.common, fields.template("Error"), fields.template("Cause"))
