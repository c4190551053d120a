"""Map, inline: iterations within the execution, at most 40 at once."""

from __future__ import annotations

import itertools
import threading
from typing import Any

from localcloud.stepfunctions.branch import Frame
from localcloud.stepfunctions.errors import Cancelled, CancelReason, StateError
from localcloud.stepfunctions.expressions import Template
from localcloud.stepfunctions.quotas import INLINE_CONCURRENCY
from localcloud.stepfunctions.retry import Policy
from localcloud.stepfunctions.states.map_ import Item, MapState
from localcloud.stepfunctions.states.state import CommonFields, Graph, Step, attempt
from localcloud.stepfunctions.states.task_group import TaskGroup


class InlineMap(MapState):
    def __init__(
        self,
        common: CommonFields,
        items: Template | None,
        selector: Template | None,
        max_concurrency: Template | None,
        graph: Graph,
        policy: Policy,
    ) -> None:
        super().__init__(common, items, selector, max_concurrency)
        self.graph = graph
        self.policy = policy

    def run(self, frame: Frame) -> Step:
        return attempt(frame, self.policy, lambda: self._once(frame))

    def _once(self, frame: Frame) -> Step:
        branch = frame.branch
        items = self.given(frame)
        at_once = min(self.concurrency(frame, INLINE_CONCURRENCY), len(items))
        branch.record("MapStateStarted", "mapStateStartedEventDetails", length=len(items))
        results: list[Any] = [None] * len(items)
        todo, lock = iter(enumerate(items)), threading.Lock()
        with TaskGroup(branch) as group:

            def work() -> None:
                skipped = branch.skipped
                while True:
                    with lock:
                        taken = next(todo, None)
                    if taken is None:
                        return
                    index, item = taken
                    results[index], skipped = self._iterate(frame, group, index, item, skipped)

            group.run(list(itertools.repeat(work, at_once)))
            if group.error:
                branch.record("MapStateFailed")
                raise group.error
        branch.execution.history.record("MapStateSucceeded", branch.previous)
        return self.leave(frame, results, frame.scope(result=results))

    def _iterate(
        self, frame: Frame, group: TaskGroup, index: int, item: Item, skipped: float
    ) -> tuple[Any, float]:
        group.cancel_scope.check()
        context_item, value = item
        inner = group.inner(context_item)
        inner.skipped = skipped
        about = {"name": self.name, "index": index}
        inner.record("MapIterationStarted", "mapIterationStartedEventDetails", **about)
        try:
            given = self.selected(frame, context_item, value)
            result = group.follow(inner, self.graph, given)
        except StateError:
            inner.record("MapIterationFailed", "mapIterationFailedEventDetails", **about)
            group.ended(inner)
            raise
        except Cancelled as cancelled:
            if cancelled.reason is CancelReason.SIBLING_FAILED:
                inner.record("MapIterationAborted", "mapIterationAbortedEventDetails", **about)
            raise
        inner.record("MapIterationSucceeded", "mapIterationSucceededEventDetails", **about)
        group.ended(inner)
        return result, inner.skipped
