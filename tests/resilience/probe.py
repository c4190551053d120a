"""Sees every moment at which a fault can occur: each state of each execution, each call."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from localcloud.testing import Call, Execution, LocalCloud

from tests.resilience.plan import When

SERVICES = ("s3", "dynamodb", "stepfunctions", "lambda", "sns", "route53-recovery-cluster")
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
        self._begun_at = 0.0
        self._trace = hashlib.sha256()

    @contextmanager
    def attached(self, cloud: LocalCloud) -> Iterator[None]:
        with (
            cloud.executions.observe(
                before=lambda execution, state: self._at_state("before", execution, state),
                after=lambda execution, state: self._at_state("after", execution, state),
            ),
            cloud.calls.observe(
                SERVICES,
                before=lambda call: self._at_call("before", call),
                after=lambda call: self._at_call("after", call),
            ),
        ):
            yield

    def begin(self) -> None:
        """Begin the trace of another seed."""
        self._begun_at, self._trace = time.monotonic(), hashlib.sha256()

    def digest(self) -> str:
        """What two runs have in common that have had the same moments at the same times."""
        return self._trace.hexdigest()[:12]

    def _note(self, *moment: str) -> None:
        seconds = time.monotonic() - self._begun_at
        self._trace.update(f"{seconds:.6f} {' '.join(moment)}\n".encode())

    def _at_state(self, when: When, execution: Execution, state: str) -> None:
        self._note(when, state, execution.region)
        if self.listener:
            self.listener.at_state(when, execution, state)

    def _at_call(self, when: When, call: Call) -> None:
        caller = caller_of(call)
        if caller:
            self._note(when, call.action, call.region, caller)
        if self.listener and caller:
            self.listener.at_call(when, caller, action_of(call), call)


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
