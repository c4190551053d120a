"""State machines, executions and map runs, by ARN."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from typing import TYPE_CHECKING

from localcloud.stepfunctions.map_run import MapRun
from localcloud.stepfunctions.state_machine import StateMachine

if TYPE_CHECKING:
    from localcloud.stepfunctions.execution import Execution

CLOSED_EXECUTIONS = 20_000  # how many are kept; AWS keeps all for 90 days


class Store:
    """Keeps the latest Standard executions; those of Express machines only while they run."""

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

    def close(self, execution: Execution) -> None:
        """An execution has ended: forget it if it is Express, else the oldest if need be."""
        with self.lock:
            if execution.machine.is_express:
                self.executions.pop(execution.arn, None)
                return
            self._closed.append(execution)
            if len(self._closed) > CLOSED_EXECUTIONS:
                self._forget(self._closed.popleft())

    def running(self) -> list[Execution]:
        with self.lock:
            executions = list(self.executions.values())
        return [execution for execution in executions if execution.status == "RUNNING"]

    def _forget(self, execution: Execution) -> None:
        self.executions.pop(execution.arn, None)
        owner = execution.map_run_arn or execution.machine.arn
        self.by_owner[owner].remove(execution)
        if not self.by_owner[owner]:
            del self.by_owner[owner]
        runs = [run.arn for run in self.map_runs.values() if run.execution_arn == execution.arn]
        for arn in runs:
            del self.map_runs[arn]
