"""What Inline and Distributed Map share, and Inline Map: at most 40 iterations at once."""

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from localcloud.stepfunctions.branch import Branch, Frame
from localcloud.stepfunctions.errors import Cancelled, CancelReason, StateError
from localcloud.stepfunctions.expressions import Scope, Template, compile_template
from localcloud.stepfunctions.quotas import INLINE_CONCURRENCY, MAX_TOLERATED
from localcloud.stepfunctions.states.state import Graph, State
from localcloud.stepfunctions.states.task_group import TaskGroup
from localcloud.stepfunctions.transition import Step
from localcloud.usage.units import EXPRESS_ITERATIONS

_STATE_INPUT = compile_template("{% $states.input %}", "Items")


class Item(NamedTuple):
    context: dict[str, Any]  # the context object's Map.Item
    value: Any


@dataclass(frozen=True)
class MapState(State):
    graph: Graph
    items: Template | None
    selector: Template | None
    max_concurrency: Template | None
    tolerated_count: Template | None
    tolerated_percentage: Template | None

    type_name = "Map"
    maps_objects: ClassVar[bool] = False

    def items_in_data(self, frame: Frame) -> list[Item]:
        """The items in the state's data: an array's elements, or an object's members."""
        template = self.items or _STATE_INPUT
        data = frame.evaluate(template)
        if isinstance(data, dict) and self.maps_objects:
            members = [{"Key": key, "Value": value} for key, value in data.items()]
            return [
                Item({"Index": index, **member, "Source": "STATE_DATA"}, member)
                for index, member in enumerate(members)
            ]
        if isinstance(data, list):
            return [
                Item({"Index": index, "Value": value, "Source": "STATE_DATA"}, value)
                for index, value in enumerate(data)
            ]
        raise frame.unexpected(template, "array", data)

    def iteration_input(self, frame: Frame, item: Item) -> Any:
        """What the item processor gets: the item, or what ItemSelector makes of it."""
        if self.selector is None:
            return item.value
        context = {**frame.context(), "Map": {"Item": item.context}}
        scope = Scope({"input": frame.data, "context": context}, frame.branch.variables)
        return frame.evaluate(self.selector, scope)

    def concurrency(self, frame: Frame, limit: int) -> int:
        """MaxConcurrency; 0, which is the default, means as many as allowed."""
        maximum = int(frame.number(self.max_concurrency, 0, 1e9) or 0)
        return min(maximum or limit, limit)

    def tolerance(self, frame: Frame) -> dict[str, Any]:
        """Tolerated failures, as a MapRun takes them."""
        count = frame.number(self.tolerated_count, 0, MAX_TOLERATED)
        percentage = frame.number(self.tolerated_percentage, 0, 100)
        return {"tolerated_count": int(count or 0), "tolerated_percentage": percentage}


class InlineMap(MapState):
    """AWS takes tolerated failures of it, too; here they change nothing."""

    def run(self, frame: Frame) -> Step:
        branch = frame.branch
        items = self.items_in_data(frame)
        concurrency = min(self.concurrency(frame, INLINE_CONCURRENCY), len(items))
        frame.start("MapStateStarted", length=len(items))
        if branch.execution.machine.is_express:
            branch.execution.count_usage(EXPRESS_ITERATIONS, len(items))
        self.tolerance(frame)
        results: list[Any] = [None] * len(items)
        with TaskGroup(branch) as group:

            def iterate(worker: Branch, index: int, item: Item) -> None:
                iteration = group.child_of(frame, index, item.context)
                iteration.skipped = worker.skipped
                iteration.last_event_id = worker.last_event_id
                results[index] = self._iterate(frame, group, iteration, index, item)
                worker.skipped = iteration.skipped
                worker.last_event_id = iteration.last_event_id

            group.for_each(items, concurrency, iterate)
        branch.execution.history.record("MapStateSucceeded", branch.last_event_id)
        return self.leave_with(frame, results)

    def _iterate(
        self, frame: Frame, group: TaskGroup, branch: Branch, index: int, item: Item
    ) -> Any:
        if branch.position and branch.position[0] is None:  # it ended before a redrive
            return branch.position[1]
        details, data = {"name": frame.state, "index": index}, None
        if is_new := branch.position is None:
            branch.record("MapIterationStarted", **details)
        try:
            if is_new:
                data = self.iteration_input(frame, item)
            result = group.follow(branch, self.graph, data)
        except StateError:
            branch.record("MapIterationFailed", **details)
            raise
        except Cancelled as cancelled:
            if cancelled.reason is CancelReason.SIBLING_FAILED:
                branch.record("MapIterationAborted", **details)
            raise
        # The next iteration of the same worker follows this one's last state.
        group.record(branch, "MapIterationSucceeded", **details)
        return result
