"""Executions of state machines: which there are, and what happens at their states."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from localcloud.cloud import Cloud
from localcloud.stepfunctions.engine import Engine
from localcloud.stepfunctions.execution import Execution as EngineExecution
from localcloud.testing.hold import Hold


class Execution:
    """An execution, as DescribeExecution shows it."""

    def __init__(self, execution: EngineExecution) -> None:
        self._execution = execution
        self.arn = execution.arn
        self.name = execution.name
        self.state_machine = execution.machine.name  # a map's children: <state machine>/<label>
        self.region = execution.machine.region
        self.input = execution.input

    @property
    def status(self) -> str:
        """RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED."""
        return self._execution.status

    @property
    def is_child_of_map(self) -> bool:
        """Whether a Distributed Map has started it."""
        return self._execution.map_run_arn is not None

    def stop(self, error: str, cause: str) -> None:
        """Abort it, as StopExecution does."""
        self._execution.stop(error, cause)


StateHook = Callable[[Execution, str], None]


class _Observer:
    def __init__(self, before: StateHook, after: StateHook) -> None:
        self._before = before
        self._after = after

    def before_state(self, execution: EngineExecution, state: str, data: Any) -> None:  # noqa: ARG002 - the engine's interface
        self._before(Execution(execution), state)

    def after_state(self, execution: EngineExecution, state: str, output: Any) -> None:  # noqa: ARG002 - as above
        self._after(Execution(execution), state)


def _ignore(execution: Execution, state: str) -> None: ...


class Executions:
    """``cloud.executions``."""

    def __init__(self, cloud: Cloud) -> None:
        self._engine = cloud.get(Engine)

    def find(self, *statuses: str) -> list[Execution]:
        """Those in one of the statuses, or all; a map's children and Express ones too."""
        store = self._engine.store
        with store.lock:
            executions = list(store.executions.values())
        return [
            Execution(execution)
            for execution in executions
            if not statuses or execution.status in statuses
        ]

    @contextmanager
    def observe(self, before: StateHook = _ignore, after: StateHook = _ignore) -> Iterator[None]:
        """Call the hooks, on the execution's own thread, before and after each state."""
        observer = _Observer(before, after)
        self._engine.observers.append(observer)
        try:
            yield
        finally:
            self._engine.observers.remove(observer)

    @contextmanager
    def hold(self, state: str, limit: float = 60.0) -> Iterator[Hold[Execution]]:
        """Keep executions back that come to the state; they go on at the end, unless stopped."""
        hold: Hold[Execution] = Hold(f"the state {state}", limit)

        def keep(execution: Execution, name: str) -> None:
            if name == state:
                hold.keep(execution)

        with self.observe(before=keep):
            try:
                yield hold
            finally:
                hold.release()
