"""What executions share: the cloud, threads, metrics, logs and observers."""

import logging
import random
import threading
from collections import defaultdict, deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from localcloud.clock import Clock
from localcloud.cloud import Cloud
from localcloud.cloudwatch import cloudwatch_of
from localcloud.cloudwatch.metrics import Metric
from localcloud.stepfunctions.map_run import MapRun
from localcloud.stepfunctions.state_machine import StateMachine
from localcloud.stepfunctions.threads import ThreadPool

if TYPE_CHECKING:
    from localcloud.stepfunctions.execution import Execution

CLOSED_EXECUTIONS = 20_000  # how many are kept; AWS keeps all for 90 days


class Store:
    """By ARN; keeps the latest Standard executions, those of Express machines while they run."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.machines: dict[str, StateMachine] = {}
        self.tags: dict[str, dict[str, str]] = {}
        self.executions: dict[str, Execution] = {}
        self.map_runs: dict[str, MapRun] = {}
        # By the ARN of the state machine or of the map run, in the order of their start.
        self.by_owner: defaultdict[str, dict[str, Execution]] = defaultdict(dict)
        self._closed: deque[Execution] = deque()

    def add(self, execution: "Execution", owner: str) -> None:
        with self.lock:
            self.executions[execution.arn] = execution
            if not execution.machine.is_express:
                self.by_owner[owner][execution.arn] = execution

    def close(self, execution: "Execution") -> None:
        """An execution has ended: forget it if it is Express, else the oldest if need be."""
        with self.lock:
            if execution.machine.is_express:
                self.executions.pop(execution.arn, None)
                return
            self._closed.append(execution)
            if len(self._closed) > CLOSED_EXECUTIONS:
                self._forget(self._closed.popleft())

    def reopen(self, execution: "Execution") -> None:
        """An execution that had ended is redriven."""
        with self.lock:
            self._closed.remove(execution)

    def running(self) -> "list[Execution]":
        with self.lock:
            executions = list(self.executions.values())
        return [execution for execution in executions if execution.status == "RUNNING"]

    def _forget(self, execution: "Execution") -> None:
        self.executions.pop(execution.arn, None)
        owner = execution.map_run_arn or execution.machine.arn
        self.by_owner[owner].pop(execution.arn, None)
        if not self.by_owner[owner]:
            del self.by_owner[owner]
        if execution.map_run_arn is None:
            self._forget_map_runs(execution.arn)

    def _forget_map_runs(self, execution_arn: str) -> None:
        runs = [run.arn for run in self.map_runs.values() if run.execution_arn == execution_arn]
        for arn in runs:
            del self.map_runs[arn]


log = logging.getLogger(__name__)


class Observer(Protocol):
    """Called on the execution's thread: it may block, stop the execution, or raise StateError."""

    def before_state(self, execution: "Execution", state: str, data: Any, /) -> None: ...

    def after_state(self, execution: "Execution", state: str, output: Any, /) -> None: ...


class Engine:
    """A test may replace ``perform``: from Integration, TaskCall and Arguments to the result."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.clock: Clock = cloud.clock
        self.threads = ThreadPool(cloud.gateway.cpu)
        self.store = Store()
        self.cloudwatch = cloudwatch_of(cloud)
        self.observers: list[Observer] = []
        # Called on the execution's own thread when it starts, and when it has ended.
        self.status_listeners: list[Callable[[Execution], None]] = []
        self.random_number: Callable[[], float] = random.random
        self.perform: Callable[[Any, Any, Any], Any] = lambda integration, call, arguments: (
            integration.call(call, arguments)
        )

    def count(
        self, machine: StateMachine, name: str, value: float = 1.0, unit: str = "Count"
    ) -> None:
        """Add to a metric: https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html

        Children of a Distributed Map count too, under the name of their map run's state machine.
        """
        dimensions = (("StateMachineArn", machine.arn),)
        metric = Metric(machine.region, "AWS/States", name, unit, dimensions)
        self.cloudwatch.metrics.add(metric, value)

    def notify_status(self, execution: "Execution") -> None:
        for listener in self.status_listeners:
            try:
                listener(execution)
            except Exception:  # an execution does not fail because a listener does
                log.exception("a status listener failed", extra={"execution": execution.arn})

    def close(self) -> None:
        for execution in self.store.running():
            execution.stop(None, None)
