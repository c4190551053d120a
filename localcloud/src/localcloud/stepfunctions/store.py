"""State machines, executions and map runs, by ARN."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localcloud.stepfunctions.execution import Execution
    from localcloud.stepfunctions.map_run import MapRun
    from localcloud.stepfunctions.state_machine import StateMachine


# Of closed executions (AWS keeps them for 90 days).
KEPT = 20_000


class Store:
    """Express executions are only known while they run; of the others that have ended, the last."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.machines: dict[str, StateMachine] = {}
        self.tags: dict[str, dict[str, str]] = {}
        self.executions: dict[str, Execution] = {}
        self.map_runs: dict[str, MapRun] = {}
        # By the ARN of the state machine, or of the map run: in the order of their start.
        self.by_owner: defaultdict[str, list[Execution]] = defaultdict(list)
        self._closed: deque[Execution] = deque()

    def add(self, execution: Execution, owner: str) -> None:
        with self.lock:
            self.executions[execution.arn] = execution
            if not execution.machine.is_express:
                self.by_owner[owner].append(execution)

    def ended(self, execution: Execution) -> None:
        with self.lock:
            if execution.machine.is_express:
                self.executions.pop(execution.arn, None)
                return
            self._closed.append(execution)
            if len(self._closed) > KEPT:
                self._forget(self._closed.popleft())

    def _forget(self, execution: Execution) -> None:
        self.executions.pop(execution.arn, None)
        owner = execution.map_run_arn or execution.machine.arn
        self.by_owner[owner].remove(execution)
        if not self.by_owner[owner]:
            del self.by_owner[owner]
        runs = [arn for arn, run in self.map_runs.items() if run.execution is execution]
        for arn in runs:
            del self.map_runs[arn]

    def running(self) -> list[Execution]:
        with self.lock:
            return [each for each in self.executions.values() if each.status == "RUNNING"]
