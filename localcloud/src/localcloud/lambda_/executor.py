"""Runs one event in a sandbox, with what Lambda does around it: throttling, logs, metrics."""

import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from localcloud.cloud import Cloud
from localcloud.cloudwatch import CloudWatch
from localcloud.cloudwatch.logs import LogEvent
from localcloud.cloudwatch.metrics import Metric, metrics_in
from localcloud.gateway.errors import ApiError
from localcloud.lambda_ import limits
from localcloud.lambda_.environment import EnvironmentFactory
from localcloud.lambda_.idleness import Idleness
from localcloud.lambda_.log_levels import application_lines
from localcloud.lambda_.model import Function, Registry, Version
from localcloud.lambda_.pool import Pool, WarmSandbox
from localcloud.lambda_.process import ProcessStarter
from localcloud.lambda_.reports import Report
from localcloud.lambda_.sandbox import (
    Event,
    HandlerResult,
    InitFailed,
    Sandbox,
    SandboxLost,
    SandboxSpec,
)
from localcloud.lambda_.system_events import SystemEvents
from localcloud.usage import units

_IDLE_SECONDS = 600.0


@dataclass(frozen=True)
class InvokeResult:
    """The answer of Invoke.

    ``function_error`` is None or ``Unhandled``; the payload then describes the error.
    """

    status: int
    payload: bytes
    executed_version: str
    request_id: str
    function_error: str | None = None
    log: str = ""


class Throttled(ApiError):
    """TooManyRequestsException, as a caller sees it."""

    def __init__(self, reason: str) -> None:
        super().__init__("TooManyRequestsException", "Rate Exceeded.", 429)
        self.Reason = reason
        self.Type = "User"


class Executor:
    """All sandboxes of the cloud."""

    def __init__(
        self,
        cloud: Cloud,
        registry: Registry,
        environments: EnvironmentFactory,
        cloudwatch: CloudWatch,
    ) -> None:
        self._cloud = cloud
        self._registry = registry
        self._environments = environments
        self._logs, self._metrics = cloudwatch.logs, cloudwatch.metrics
        self.idleness = Idleness(cloud.clock)
        self._starter = ProcessStarter()
        self._lock = threading.Lock()
        self._pools: dict[tuple[str, str], Pool] = {}  # by ARN with version, and revision
        self._sandboxes: set[Sandbox] = set()
        self._in_flight: Counter[tuple[str, str]] = Counter()  # by Region and function
        self._closed = False
        # Called with the Region before a function runs; they raise Throttled to make it wait.
        self.gates: list[Callable[[str], None]] = []
        # Virtual time has others: as many sandboxes as AWS, none in another process.
        self.new_pool: Callable[[Callable[[WarmSandbox], None]], Pool] = partial(
            Pool, cloud.settings.sandboxes_per_function
        )
        self.new_sandbox: Callable[[SandboxSpec], Sandbox] = lambda spec: Sandbox(
            spec, self._starter
        )

    def run(self, function: Function, version: Version, event: Event) -> InvokeResult:
        """Run ``event``. Raises Throttled, and NotReady if the function was idle."""
        self.idleness.require_active(function)
        self._enter(function)
        try:
            with self._cloud.gateway.cpu.part("lambda"):
                return self._run(function, version, event)
        finally:
            with self._lock:
                self._in_flight[function.region, function.name] -= 1

    def check_capacity(self, function: Function) -> None:
        """Raise Throttled if the function may not run once more at the same time."""
        for gate in self.gates:
            gate(function.region)
        if function.reserved is not None:
            if self._in_flight[function.region, function.name] >= function.reserved:
                raise Throttled("ReservedFunctionConcurrentInvocationLimitExceeded")
        elif self._unreserved_in_flight(function.region) >= self._unreserved(function.region):
            raise Throttled("ConcurrentInvocationLimitExceeded")

    def _unreserved(self, region: str) -> int:
        return self._cloud.settings.quotas.concurrency - self._registry.reserved(region)

    def _unreserved_in_flight(self, region: str) -> int:
        reserved = {
            f.name for f in self._registry.functions[region].values() if f.reserved is not None
        }
        counts = self._in_flight.items()
        return sum(n for (where, name), n in counts if where == region and name not in reserved)

    def retire(self, version: Version) -> None:
        """End the warm sandboxes of a version that was replaced or deleted."""
        with self._lock:
            pool = self._pools.pop(_key(version), None)
        if pool:
            pool.close()

    def retire_idle(self, seconds: float = _IDLE_SECONDS) -> None:
        """End the sandboxes that have been idle for so long."""
        with self._lock:
            pools = list(self._pools.values())
        for pool in pools:
            pool.retire_idle(seconds)

    def count(self, function: Function, name: str, value: float = 1.0, unit: str = "Count") -> None:
        """Add one value of a metric in AWS/Lambda.

        AWS publishes it for the Region as a whole, too. moto finds metrics by a part of their
        dimensions and would add up both.
        """
        dimensions = (("FunctionName", function.name),)
        metric = Metric(function.region, "AWS/Lambda", name, unit, dimensions)
        self._metrics.add(metric, value)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            pools = list(self._pools.values())
        for pool in pools:
            pool.close()
        with self._lock:
            busy = list(self._sandboxes)
        for sandbox in busy:
            sandbox.terminate()
        self._starter.close()

    def _enter(self, function: Function) -> None:
        with self._lock:
            try:
                self.check_capacity(function)
            except Throttled:
                self.count(function, "Throttles")
                raise
            self._in_flight[function.region, function.name] += 1
            busy = self._in_flight[function.region, function.name]
        self.count(function, "ConcurrentExecutions", busy)

    def _run(self, function: Function, version: Version, event: Event) -> InvokeResult:
        pool = self._pool(version)
        warm = pool.acquire()
        try:
            while True:
                started_at = time.time()
                init_ms = 0.0
                result: HandlerResult | None = None
                if warm is None:
                    warm, result = self._load(version, event.request_id)
                    init_ms = 0.0 if result else warm.sandbox.init_ms
                try:
                    result = result or warm.sandbox.invoke(event, version.timeout)
                    break
                except SandboxLost:
                    self._dispose(warm)
                    warm = None
            report = Report(event.request_id, version, result, init_ms, started_at)
            log = self._publish(function, warm, report)
        finally:
            pool.release(warm)
        error = "Unhandled" if result.error_type else None
        return InvokeResult(200, result.payload, version.number, event.request_id, error, log)

    def _load(self, version: Version, request_id: str) -> tuple[WarmSandbox, HandlerResult | None]:
        """Return a sandbox, and its result if it could not be started."""
        # An Init phase that takes too long is run again, within the timeout of the invocation.
        for seconds, is_last in ((limits.INIT_SECONDS, False), (version.timeout, True)):
            warm = self._start(version)
            try:
                warm.sandbox.start(request_id, seconds)
            except InitFailed as failure:
                if is_last or failure.result.status != "timeout":
                    return warm, failure.result
                self._dispose(warm)
            else:
                break
        return warm, None

    def _start(self, version: Version) -> WarmSandbox:
        environment = self._environments.create(version)
        warm = WarmSandbox(self.new_sandbox(environment.spec), environment)
        with self._lock:
            if not self._closed:
                self._sandboxes.add(warm.sandbox)
                return warm
        self._dispose(warm)
        raise ApiError("ServiceException", "The local cloud is stopping.", 500)

    def _dispose(self, warm: WarmSandbox) -> None:
        warm.sandbox.kill()
        shutil.rmtree(warm.environment.spec.home, ignore_errors=True)
        with self._lock:
            self._sandboxes.discard(warm.sandbox)

    def _pool(self, version: Version) -> Pool:
        with self._lock:
            key = _key(version)
            if key not in self._pools:
                self._pools[key] = self.new_pool(self._dispose)
            return self._pools[key]

    def _publish(self, function: Function, warm: WarmSandbox, report: Report) -> str:
        """Send the invocation's log lines and metrics on their way; return the log as one text."""
        result = report.result
        lines = _log(report, warm.sandbox.output.take())
        self._logs.add(warm.environment.stream, lines)
        for line in lines:
            for metric, value in metrics_in(line.message, function.region):
                self._metrics.add(metric, value)
        self._count_usage(report)
        self.count(function, "Invocations")
        self.count(function, "Errors", 1.0 if result.error_type else 0.0)
        self.count(function, "Duration", result.duration_ms, "Milliseconds")
        return "".join(line.message.removesuffix("\n") + "\n" for line in lines)

    def _count_usage(self, report: Report) -> None:
        version, seconds = report.version, report.billed_ms / 1000
        architecture = version.configuration["Architectures"][0]
        for unit, amount in (
            (units.LAMBDA_REQUESTS, 1.0),
            (units.LAMBDA_SECONDS, seconds),
            (f"{units.LAMBDA_GB_SECONDS}-{architecture}", seconds * version.memory_mb / 1024),
        ):
            self._cloud.usage.add(unit, version.region, version.name, amount)


def _log(report: Report, output: list[LogEvent]) -> list[LogEvent]:
    """The lines of an invocation, in the format and of the levels that the function asks for."""
    logging, now = report.version.logging, time.time()
    written: Report | SystemEvents = report
    if logging["LogFormat"] == "JSON":
        written = SystemEvents(report, logging["SystemLogLevel"])
    own = application_lines(output, logging.get("ApplicationLogLevel"))
    return [*written.opening(), *own, *report.failure(now), *written.closing(now)]


def _key(version: Version) -> tuple[str, str]:
    return version.configuration["FunctionArn"], version.configuration["RevisionId"]
