"""Holds the next execution that comes to a state, so that a test can strike at that very point."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from localcloud.cloud import Cloud
from localcloud.stepfunctions.engine import Engine
from localcloud.stepfunctions.execution import Execution

SECONDS = 60.0


class Hold:
    """An observer of executions."""

    def __init__(self, state: str) -> None:
        self._state = state
        self._execution: Execution | None = None
        self._arrived, self._released = threading.Event(), threading.Event()

    def at(self) -> Execution:
        """The execution, once it is there."""
        assert self._arrived.wait(SECONDS), f"nothing came to the state {self._state}"
        assert self._execution
        return self._execution

    def release(self) -> None:
        self._released.set()

    def before_state(self, execution: Execution, state: str, data: Any) -> None:  # noqa: ARG002 - the Observer interface
        if state == self._state and self._execution is None:
            self._execution = execution
            self._arrived.set()
            self._released.wait(SECONDS)

    def after_state(self, execution: Execution, state: str, output: Any) -> None: ...


@contextmanager
def held(cloud: Cloud, state: str) -> Iterator[Hold]:
    """It goes on at the end, unless it was stopped meanwhile."""
    hold, observers = Hold(state), cloud.get(Engine).observers
    observers.append(hold)
    try:
        yield hold
    finally:
        observers.remove(hold)
        hold.release()
