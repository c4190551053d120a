"""What executions share: the cloud, threads, metrics, logs and observers."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from localcloud.clock import Clock
from localcloud.cloud import Cloud
from localcloud.cloudwatch import cloudwatch_of
from localcloud.stepfunctions.logs import ExecutionLogs
from localcloud.stepfunctions.metrics import Metrics
from localcloud.stepfunctions.store import Store
from localcloud.stepfunctions.thread_pool import ThreadPool

if TYPE_CHECKING:
    from localcloud.stepfunctions.execution import Execution

log = logging.getLogger(__name__)


class Observer(Protocol):
    """Called on the execution's thread: it may block, stop the execution, or raise StateError."""

    def before_state(self, execution: Execution, state: str, data: Any, /) -> None: ...

    def after_state(self, execution: Execution, state: str, output: Any, /) -> None: ...


def call_integration(integration: Any, call: Any, arguments: Any) -> Any:
    return integration.call(call, arguments)


class Engine:
    """``perform`` does the work of a Task; a test may replace it.

    It takes an Integration, a TaskCall and the Arguments, and returns the task's result.
    """

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.clock: Clock = cloud.clock
        self.threads = ThreadPool(cloud.gateway.cpu)
        self.store = Store()
        cloudwatch = cloudwatch_of(cloud)
        self.metrics = Metrics(cloudwatch.metrics)
        self.logs = ExecutionLogs(cloudwatch.logs)
        self.observers: list[Observer] = []
        # Called on the execution's own thread when it starts, and when it has ended.
        self.status_listeners: list[Callable[[Execution], None]] = []
        self.random_number: Callable[[], float] = random.random
        self.perform: Callable[[Any, Any, Any], Any] = call_integration

    def notify_status(self, execution: Execution) -> None:
        for listener in self.status_listeners:
            try:
                listener(execution)
            except Exception:  # an execution does not fail because a listener does
                log.exception("a status listener failed", extra={"execution": execution.arn})

    def close(self) -> None:
        for execution in self.store.running():
            execution.stop(None, None)
