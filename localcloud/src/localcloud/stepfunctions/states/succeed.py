"""Succeed: ends its graph well."""

from __future__ import annotations

from localcloud.stepfunctions.branch import Frame
from localcloud.stepfunctions.states.state import ParseContext, State, Step


class Succeed(State):
    kind = "Succeed"

    def run(self, frame: Frame) -> Step:
        return self.leave(frame, frame.data, frame.scope())


def read(context: ParseContext) -> State:
    return Succeed(context.common)
