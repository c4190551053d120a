"""Branches that run at once beneath one branch, and end together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from localcloud.stepfunctions.branch import Branch
from localcloud.stepfunctions.cancel_scope import CancelScope
from localcloud.stepfunctions.errors import Cancelled, CancelReason, StateError
from localcloud.stepfunctions.states.state import Graph


class TaskGroup:
    """Branches that run at once beneath one branch, and end together."""

    def __init__(self, branch: Branch) -> None:
        self.branch = branch
        self.cancel_scope: CancelScope = branch.cancel_scope.child()
        self.error: StateError | None = None
        self._lock = threading.Lock()
        self._started_at = branch.previous

    def __enter__(self) -> TaskGroup:
        return self

    def __exit__(self, *_: object) -> None:
        self.cancel_scope.close()

    def inner(self, map_item: dict[str, Any] | None = None) -> Branch:
        inner = self.branch.inner(self.cancel_scope, map_item)
        inner.previous = self._started_at
        return inner

    def run(self, works: list[Callable[[], None]]) -> None:
        """Run all; afterwards ``error`` is the first that failed. Raises Cancelled if the whole was
        cancelled.
        """
        threads = self.branch.execution.engine.threads
        threads.run_all([partial(self._guarded, work) for work in works])
        self.branch.check()

    def follow(self, inner: Branch, graph: Graph, data: Any) -> Any:
        """Run ``graph`` in ``inner``; the outer branch goes on after its last event, and after its
        waits.
        """
        try:
            return inner.run(graph, data)
        finally:
            self.ended(inner)

    def ended(self, inner: Branch) -> None:
        with self._lock:
            self.branch.previous = max(self.branch.previous, inner.previous)
            self.branch.skipped = max(self.branch.skipped, inner.skipped)

    def fail(self, error: StateError) -> None:
        with self._lock:
            if self.error is None:
                self.error = error
        self.cancel_scope.cancel(CancelReason.SIBLING_FAILED)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except StateError as error:
            self.fail(error)
        except Cancelled as cancelled:
            if cancelled.reason is not CancelReason.SIBLING_FAILED:
                self.branch.cancel_scope.cancel(cancelled.reason)
        except Exception as error:
            self.fail(self.branch.execution.defect(error))
