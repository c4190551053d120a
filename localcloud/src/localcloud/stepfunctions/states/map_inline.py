"""Map, inline: iterations within the execution, at most 40 at once."""

from __future__ import annotations

import itertools
import threading
from typing import Any

from localcloud.stepfunctions.branch import Visit
from localcloud.stepfunctions.errors import Halted, Reason, StateError
from localcloud.stepfunctions.expressions import Template
from localcloud.stepfunctions.quotas import INLINE_CONCURRENCY
from localcloud.stepfunctions.retry import Policy
from localcloud.stepfunctions.states.base import Common, Graph, Step, attempt
from localcloud.stepfunctions.states.map_ import Item, MapState
from localcloud.stepfunctions.states.task_group import Group


class InlineMap(MapState):
    def __init__(
        self,
        common: Common,
        items: Template | None,
        selector: Template | None,
        max_concurrency: Template | None,
        graph: Graph,
        policy: Policy,
    ) -> None:
        super().__init__(common, items, selector, max_concurrency)
        self.graph = graph
        self.policy = policy

    def run(self, visit: Visit) -> Step:
        return attempt(visit, self.policy, lambda: self._once(visit))

    def _once(self, visit: Visit) -> Step:
        branch = visit.branch
        items = self.given(visit)
        at_once = min(self.concurrency(visit, INLINE_CONCURRENCY), len(items))
        branch.record("MapStateStarted", "mapStateStartedEventDetails", length=len(items))
        results: list[Any] = [None] * len(items)
        todo, lock = iter(enumerate(items)), threading.Lock()
        with Group(branch) as group:

            def work() -> None:
                skew = branch.skew
                while True:
                    with lock:
                        taken = next(todo, None)
                    if taken is None:
                        return
                    index, item = taken
                    results[index], skew = self._iterate(visit, group, index, item, skew)

            group.run(list(itertools.repeat(work, at_once)))
            if group.error:
                branch.record("MapStateFailed")
                raise group.error
        branch.execution.history.record("MapStateSucceeded", branch.previous)
        return self.leave(visit, results, visit.scope(result=results))

    def _iterate(
        self, visit: Visit, group: Group, index: int, item: Item, skew: float
    ) -> tuple[Any, float]:
        group.halter.check()
        context_item, value = item
        inner = group.inner(context_item)
        inner.skew = skew
        about = {"name": self.name, "index": index}
        inner.record("MapIterationStarted", "mapIterationStartedEventDetails", **about)
        try:
            given = self.selected(visit, context_item, value)
            result = group.follow(inner, self.graph, given)
        except StateError:
            inner.record("MapIterationFailed", "mapIterationFailedEventDetails", **about)
            group.ended(inner)
            raise
        except Halted as halted:
            if halted.reason is Reason.SIBLING_FAILED:
                inner.record("MapIterationAborted", "mapIterationAbortedEventDetails", **about)
            raise
        inner.record("MapIterationSucceeded", "mapIterationSucceededEventDetails", **about)
        group.ended(inner)
        return result, inner.skew
