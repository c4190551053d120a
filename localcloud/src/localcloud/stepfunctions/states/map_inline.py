"""Inline Map: iterations within the execution, at most 40 at once."""

from __future__ import annotations

from typing import Any

from localcloud.stepfunctions.branch import Branch
from localcloud.stepfunctions.errors import Cancelled, CancelReason, StateError
from localcloud.stepfunctions.frame import Frame
from localcloud.stepfunctions.quotas import INLINE_CONCURRENCY
from localcloud.stepfunctions.states.map_state import Item, MapState
from localcloud.stepfunctions.states.task_group import TaskGroup
from localcloud.stepfunctions.transition import Step


class InlineMap(MapState):
    def run(self, frame: Frame) -> Step:
        branch = frame.branch
        items = self.items_in_data(frame)
        concurrency = min(self.concurrency(frame, INLINE_CONCURRENCY), len(items))
        branch.record("MapStateStarted", length=len(items))
        results: list[Any] = [None] * len(items)
        with TaskGroup(branch, failure_event="MapStateFailed") as group:

            def iterate(worker: Branch, index: int, item: Item) -> None:
                iteration = group.child(item.context)
                iteration.skipped = worker.skipped
                results[index] = self._iterate(frame, group, iteration, index, item)
                worker.skipped = iteration.skipped

            group.for_each(items, concurrency, iterate)
        branch.execution.history.record("MapStateSucceeded", branch.last_event_id)
        return self.leave_with(frame, results)

    def _iterate(
        self, frame: Frame, group: TaskGroup, branch: Branch, index: int, item: Item
    ) -> Any:
        details = {"name": frame.state, "index": index}
        branch.record("MapIterationStarted", **details)
        try:
            data = self.iteration_input(frame, item)
            result = group.follow(branch, self.graph, data)
        except StateError:
            branch.record("MapIterationFailed", **details)
            group.end(branch)
            raise
        except Cancelled as cancelled:
            if cancelled.reason is CancelReason.SIBLING_FAILED:
                branch.record("MapIterationAborted", **details)
            raise
        branch.record("MapIterationSucceeded", **details)
        group.end(branch)
        return result
