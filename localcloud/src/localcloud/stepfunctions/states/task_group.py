"""Branches that run at once beneath one branch, and end together."""

import threading
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Self, TypeVar

from localcloud.stepfunctions.branch import Branch, Frame
from localcloud.stepfunctions.errors import Cancelled, CancelReason, StateError
from localcloud.stepfunctions.states.state import Graph
from localcloud.stepfunctions.threads import CancelScope

T = TypeVar("T")


class TaskGroup:
    """Cancels the other tasks when one has failed."""

    def __init__(self, branch: Branch) -> None:
        self.branch = branch
        self.cancel_scope: CancelScope = branch.cancel_scope.child()
        self._error: StateError | None = None
        self._lock = threading.Lock()
        self._start_event_id = branch.last_event_id

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.cancel_scope.close()

    def child(self, map_item: dict[str, Any] | None = None) -> Branch:
        return self.branch.child(self.cancel_scope, self._start_event_id, map_item)

    def child_of(self, frame: Frame, index: int, map_item: dict[str, Any] | None = None) -> Branch:
        """The child as a redrive finds it, or a new one."""
        child: Branch = frame.children.get(index) or self.child(map_item)
        child.cancel_scope, child.skipped = self.cancel_scope, self.branch.skipped
        frame.children[index] = child
        return child

    def run(self, tasks: list[Callable[[], None]]) -> None:
        """Run all. Raises the first error of a task, or Cancelled if the whole was cancelled."""
        threads = self.branch.execution.engine.threads
        threads.run_all([partial(self._guard, task) for task in tasks])
        self.branch.check()
        if self._error:
            raise self._error

    def for_each(
        self, items: Iterable[T], concurrency: int, work: Callable[[Branch, int, T], None]
    ) -> None:
        """Call ``work(worker's branch, index, item)`` for all items, on so many workers."""
        remaining, lock = iter(enumerate(items)), threading.Lock()

        def next_item() -> tuple[int, T] | None:
            with lock:
                return next(remaining, None)

        def worker() -> None:
            branch = self.child()
            while entry := next_item():
                self.cancel_scope.check()
                work(branch, *entry)
            self.end(branch)

        self.run([worker] * concurrency)

    def follow(self, child: Branch, graph: Graph, data: Any) -> Any:
        """Run ``graph`` in ``child``; the group's branch goes on after its events and waits."""
        try:
            return graph.run(child, data)
        finally:
            self.end(child)

    def end(self, child: Branch) -> None:
        with self._lock:
            self.branch.last_event_id = max(self.branch.last_event_id, child.last_event_id)
            self.branch.skipped = max(self.branch.skipped, child.skipped)

    def record(self, child: Branch, event_type: str, **details: Any) -> None:
        """Record an event that ends ``child``: the group goes on after it, ``child`` does not."""
        event_id = child.execution.history.record(event_type, child.last_event_id, **details)
        with self._lock:
            self.branch.last_event_id = max(self.branch.last_event_id, event_id)

    def fail(self, error: StateError) -> None:
        with self._lock:
            if self._error is None:
                self._error = error
        self.cancel_scope.cancel(CancelReason.SIBLING_FAILED)

    def _guard(self, task: Callable[[], None]) -> None:
        try:
            task()
        except StateError as error:
            self.fail(error)
        except Cancelled as cancelled:
            if cancelled.reason is not CancelReason.SIBLING_FAILED:
                self.branch.cancel_scope.cancel(cancelled.reason)
        except Exception as error:
            self.fail(self.branch.execution.defect(error))
