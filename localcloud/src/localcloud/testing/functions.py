"""Invocations of Lambda functions, while they run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from localcloud.cloud import Cloud
from localcloud.lambda_ import InvokeResult, Lambda
from localcloud.lambda_.model import Function, Version
from localcloud.lambda_.sandbox import Event


@dataclass(frozen=True)
class Invocation:
    """One run of a function."""

    function: str
    region: str
    request_id: str


InvocationHook = Callable[[Invocation], None]


class Functions:
    """``cloud.functions``."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._executor = cloud.get(Lambda).executor

    def let_idle(self, region: str) -> None:
        """Make the Region's functions in a VPC idle, as if nobody had called them for weeks."""
        for function in self._cloud.get(Lambda).registry.functions[region].values():
            self._executor.idleness.let_idle(function)

    def retire_sandboxes(self) -> None:
        """End all sandboxes that are not busy: the next call of each function is a cold start."""
        self._executor.retire_idle(0.0)

    @contextmanager
    def observe(self, before: InvocationHook, after: InvocationHook) -> Iterator[None]:
        """Call the hooks around each run, however it was started and however it ends."""
        run = self._executor.run

        def observed(function: Function, version: Version, event: Event) -> InvokeResult:
            invocation = Invocation(function.name, function.region, event.request_id)
            before(invocation)
            try:
                return run(function, version, event)
            finally:
                after(invocation)

        self._executor.run = observed  # type: ignore[method-assign]  # whoever invokes it
        try:
            yield
        finally:
            self._executor.run = run  # type: ignore[method-assign]  # as it was

    def run_in_process(self) -> None:
        """Run functions in this process, and draw how long a call takes.

        For virtual time, see ``localcloud.virtual_time``.
        """
        from localcloud.virtual_time.network import run_in_process  # needed by few

        run_in_process(self._cloud)

    @contextmanager
    def change_code(self, change: Callable[[str], str]) -> Iterator[None]:
        """Let sandboxes that start meanwhile, in this process, run the folder that ``change``
        returns for the folder of a function's code.
        """
        from localcloud.virtual_time.sandbox import changes  # needed by few

        changes.append(change)
        try:
            yield
        finally:
            changes.remove(change)
