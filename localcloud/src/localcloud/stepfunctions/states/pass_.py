"""Pass: gives its input, or its Output, to the next state."""

from __future__ import annotations

from localcloud.stepfunctions.branch import Frame
from localcloud.stepfunctions.states.state import ParseContext, State, Step


class Pass(State):
    kind = "Pass"

    def run(self, frame: Frame) -> Step:
        return self.leave(frame, frame.data, frame.scope())


def read(context: ParseContext) -> State:
    return Pass(context.common)
