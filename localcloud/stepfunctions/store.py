"""State machines, executions and map runs, by ARN."""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localcloud.stepfunctions.execution import Execution
    from localcloud.stepfunctions.machine import Machine
    from localcloud.stepfunctions.map_run import MapRun


class Store:
    """Everything lives as long as the local cloud (AWS keeps closed executions for 90 days).
    Express executions are only known while they run.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.machines: dict[str, Machine] = {}
        self.tags: dict[str, dict[str, str]] = {}
        self.executions: dict[str, Execution] = {}
        self.map_runs: dict[str, MapRun] = {}
        # By the ARN of the state machine, or of the map run: in the order of their start.
        self.by_owner: defaultdict[str, list[Execution]] = defaultdict(list)

    def add(self, execution: Execution, owner: str) -> None:
        with self.lock:
            self.executions[execution.arn] = execution
            if not execution.machine.is_express:
                self.by_owner[owner].append(execution)

    def ended(self, execution: Execution) -> None:
        if execution.machine.is_express:
            with self.lock:
                self.executions.pop(execution.arn, None)

    def running(self) -> list[Execution]:
        with self.lock:
            return [each for each in self.executions.values() if each.status == "RUNNING"]
