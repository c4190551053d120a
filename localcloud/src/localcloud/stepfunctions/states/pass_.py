"""Pass: gives its input, or its Output, to the next state."""

from __future__ import annotations

from localcloud.stepfunctions.branch import Visit
from localcloud.stepfunctions.states.base import Reading, State, Step


class Pass(State):
    kind = "Pass"

    def run(self, visit: Visit) -> Step:
        return self.leave(visit, visit.data, visit.scope())


def read(reading: Reading) -> State:
    return Pass(reading.common)
