"""Sees every moment at which a plan can strike: each state of each execution, each call."""

from __future__ import annotations

import re
import threading
from collections import Counter
from typing import Any, Protocol

from localcloud.cloud import Cloud
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.lambda_ import InvokeResult, Lambda
from localcloud.lambda_.model import Function, Version
from localcloud.lambda_.sandbox import Event
from localcloud.stepfunctions.engine import Engine
from localcloud.stepfunctions.execution import Execution

from tests.resilience.plan import When

SERVICES = ("s3", "dynamodb", "stepfunctions", "lambda", "sns", "route53-recovery-cluster")
_FUNCTION = re.compile(r":function:batch-([a-z]+)")
_ROLE = re.compile(r"(MainOrchestrator|ChunkProcessor|Runbook)Role")


class Listener(Protocol):
    """What it does happens at that very point: the execution or the call waits for it."""

    def at_state(self, when: When, execution: Execution, state: str) -> None: ...

    def at_call(self, when: When, caller: str, action: str, region: str, call: Call) -> None: ...


class Tap:
    """Laid once for a cloud. ``listener`` is who is told; nobody between two seeds."""

    def __init__(self, cloud: Cloud) -> None:
        self.listener: Listener | None = None
        self._deciding: Counter[str] = Counter()
        self._changed = threading.Condition()
        engine = cloud.get(Engine)
        engine.observers.append(self)
        executor = cloud.get(Lambda).executor
        self._run = executor.run
        executor.run = self._count_deciders  # type: ignore[method-assign]  # whoever invokes it
        cloud.gateway.checks.append(self._before_call)
        for service in SERVICES:
            cloud.gateway.watch(service, self._after_call)

    def nobody_decides_in(self, region: str, limit: float) -> bool:
        """Wait until those of the Region's functions have ended that asked DNS and act by it;
        whether there was one.
        """
        with self._changed:
            waited = bool(self._deciding[region])
            if not self._changed.wait_for(lambda: not self._deciding[region], limit):
                raise TimeoutError(f"a function in {region} did not end within {limit:.0f} s")
        return waited

    def before_state(self, execution: Execution, state: str, data: Any) -> None:  # noqa: ARG002 - the Observer interface
        if self.listener:
            self.listener.at_state("before", execution, state)

    def after_state(self, execution: Execution, state: str, output: Any) -> None:  # noqa: ARG002 - as above
        if self.listener:
            self.listener.at_state("after", execution, state)

    def _before_call(self, call: Call) -> None:
        self._tell("before", call)

    def _after_call(self, call: Call, _: Response) -> None:
        self._tell("after", call)

    def _tell(self, when: When, call: Call) -> None:
        caller = caller_of(call)
        if self.listener and caller:
            self.listener.at_call(when, caller, action_of(call), call.region, call)

    def _count_deciders(self, function: Function, version: Version, event: Event) -> InvokeResult:
        if not function.name.startswith(("batch-trigger", "batch-emailer")):
            return self._run(function, version, event)
        self._decides(function.region, 1)
        try:
            return self._run(function, version, event)
        finally:
            self._decides(function.region, -1)

    def _decides(self, region: str, change: int) -> None:
        with self._changed:
            self._deciding[region] += change
            self._changed.notify_all()


def caller_of(call: Call) -> str | None:
    """A function's name, ``states`` or ``runbook``; None for anybody else."""
    if found := _FUNCTION.search(call.principal.function_arn or ""):
        return found[1]
    if found := _ROLE.search(call.principal.role_arn or ""):
        return "runbook" if found[1] == "Runbook" else "states"
    return None


def action_of(call: Call) -> str:
    if call.action == "lambda:Invoke":
        found = re.search(r"batch-([a-z]+)", str(call.params["FunctionName"]))
        return f"lambda:{found[1]}" if found else call.action
    return call.action
