"""Succeed: ends its graph well."""

from __future__ import annotations

from localcloud.stepfunctions.branch import Visit
from localcloud.stepfunctions.states.base import Reading, State, Step


class Succeed(State):
    kind = "Succeed"

    def run(self, visit: Visit) -> Step:
        return self.leave(visit, visit.data, visit.scope())


def read(reading: Reading) -> State:
    return Succeed(reading.common)
