"""Sees every moment at which a fault can occur: each state of each execution, each call."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from localcloud.testing import Call, Execution, Invocation, LocalCloud

from tests.resilience.plan import When

SERVICES = ("s3", "dynamodb", "stepfunctions", "lambda", "sns", "route53-recovery-cluster")
# They ask DNS which Region is active, and act by the answer.
DECIDERS = ("batch-trigger", "batch-emailer")
_FUNCTION = re.compile(r":function:batch-([a-z]+)")
_ROLE = re.compile(r"(MainOrchestrator|ChunkProcessor|Runbook)Role")


class Listener(Protocol):
    """What it does happens at that very point: the execution or the call waits for it."""

    def at_state(self, when: When, execution: Execution, state: str) -> None: ...

    def at_call(self, when: When, caller: str, action: str, call: Call) -> None: ...


class Probe:
    """Tells ``listener`` of each moment; nobody between two seeds."""

    def __init__(self) -> None:
        self.listener: Listener | None = None
        self._deciding: Counter[str] = Counter()
        self._changed = threading.Condition()

    @contextmanager
    def attached(self, cloud: LocalCloud) -> Iterator[None]:
        with (
            cloud.executions.observe(
                before=lambda execution, state: self._at_state("before", execution, state),
                after=lambda execution, state: self._at_state("after", execution, state),
            ),
            cloud.functions.observe(
                before=lambda invocation: self._count(invocation, 1),
                after=lambda invocation: self._count(invocation, -1),
            ),
            cloud.calls.observe(
                SERVICES,
                before=lambda call: self._at_call("before", call),
                after=lambda call: self._at_call("after", call),
            ),
        ):
            yield

    def wait_until_nobody_decides(self, region: str, limit: float) -> bool:
        """Wait for the Region's functions that decide by DNS to end; whether there was one."""
        with self._changed:
            was_deciding = bool(self._deciding[region])
            if not self._changed.wait_for(lambda: not self._deciding[region], limit):
                raise TimeoutError(f"a function in {region} did not end within {limit:.0f} s")
        return was_deciding

    def _at_state(self, when: When, execution: Execution, state: str) -> None:
        if self.listener:
            self.listener.at_state(when, execution, state)

    def _at_call(self, when: When, call: Call) -> None:
        caller = caller_of(call)
        if self.listener and caller:
            self.listener.at_call(when, caller, action_of(call), call)

    def _count(self, invocation: Invocation, change: int) -> None:
        if not invocation.function.startswith(DECIDERS):
            return
        with self._changed:
            self._deciding[invocation.region] += change
            self._changed.notify_all()


def caller_of(call: Call) -> str | None:
    """A function's name, ``states`` or ``runbook``; None for anybody else."""
    if match := _FUNCTION.search(call.function or ""):
        return match[1]
    if match := _ROLE.search(call.role or ""):
        return "runbook" if match[1] == "Runbook" else "states"
    return None


def action_of(call: Call) -> str:
    if call.action == "lambda:Invoke":
        match = re.search(r"batch-([a-z]+)", str(call.params["FunctionName"]))
        return f"lambda:{match[1]}" if match else call.action
    return call.action
