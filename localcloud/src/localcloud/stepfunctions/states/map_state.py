"""What Inline and Distributed Map share: the fields, the items, and the input of an iteration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from localcloud.stepfunctions.expressions import Scope, Template
from localcloud.stepfunctions.frame import Frame
from localcloud.stepfunctions.states.state import Graph, State


class Item(NamedTuple):
    context: dict[str, Any]  # the context object's Map.Item
    value: Any


@dataclass(frozen=True)
class MapState(State):
    graph: Graph
    items: Template | None
    selector: Template | None
    max_concurrency: Template | None

    type_name = "Map"

    def items_in_data(self, frame: Frame) -> list[Item]:
        """The items in the state's data: an array's elements, or an object's members."""
        data = frame.data if self.items is None else frame.evaluate(self.items)
        if isinstance(data, dict):
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
        raise frame.evaluation_failed(
            f"The field 'Items' must be an array or an object, but was: {type(data).__name__}",
            "Items",
        )

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
