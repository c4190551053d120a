"""Pass and Succeed: put out their input, or their Output."""

from __future__ import annotations

from localcloud.stepfunctions.frame import Frame
from localcloud.stepfunctions.states.state import State
from localcloud.stepfunctions.transition import Step


class Pass(State):
    type_name = "Pass"

    def run(self, frame: Frame) -> Step:
        return self.leave(frame, frame.data, frame.scope())


class Succeed(Pass):
    type_name = "Succeed"
