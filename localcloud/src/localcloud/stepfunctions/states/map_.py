"""Map: what inline and Distributed share: the fields, the items, and what an item becomes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from localcloud.stepfunctions.branch import Frame
from localcloud.stepfunctions.expressions import Scope, Template
from localcloud.stepfunctions.fields import Fields
from localcloud.stepfunctions.quotas import LABEL_LENGTH
from localcloud.stepfunctions.retry import read_policy
from localcloud.stepfunctions.states.item_batcher import read_batcher
from localcloud.stepfunctions.states.item_reader import read_item_reader
from localcloud.stepfunctions.states.result_writer import read_result_writer
from localcloud.stepfunctions.states.state import CommonFields, ParseContext, State

_LARGE = 1e9

Item = tuple[dict[str, Any], Any]  # the context object's Map.Item, and the item itself


class MapState(State):
    kind = "Map"
    retries = True

    def __init__(
        self,
        common: CommonFields,
        items: Template | None,
        selector: Template | None,
        max_concurrency: Template | None,
    ) -> None:
        super().__init__(common)
        self.items = items
        self.selector = selector
        self.max_concurrency = max_concurrency

    def given(self, frame: Frame) -> list[Item]:
        """The items out of the state's data: an array's elements, or an object's members."""
        value = frame.data if self.items is None else frame.evaluate(self.items)
        if isinstance(value, dict):
            return [
                (
                    {"Index": index, "Key": key, "Value": member, "Source": "STATE_DATA"},
                    {"Key": key, "Value": member},
                )
                for index, (key, member) in enumerate(value.items())
            ]
        if isinstance(value, list):
            return list(_elements(value))
        raise frame.evaluation_failed(
            f"The field 'Items' must be an array or an object, but was: {type(value).__name__}",
            "Items",
        )

    def selected(self, frame: Frame, context_item: dict[str, Any], item: Any) -> Any:
        """What the item processor gets: the item, or what ItemSelector makes of it."""
        if self.selector is None:
            return item
        context = {**frame.context(), "Map": {"Item": context_item}}
        scope = Scope({"input": frame.data, "context": context}, frame.branch.variables)
        return frame.evaluate(self.selector, scope)

    def concurrency(self, frame: Frame, most: int) -> int:
        """MaxConcurrency; 0, which is the default, means as many as allowed."""
        wanted = int(frame.number(self.max_concurrency, 0, _LARGE) or 0)
        return min(wanted or most, most)


def _elements(values: list[Any]) -> Iterator[Item]:
    for index, value in enumerate(values):
        yield {"Index": index, "Value": value, "Source": "STATE_DATA"}, value


def read(context: ParseContext) -> State:
    from localcloud.stepfunctions.states.map_distributed import DistributedMap, Tolerance
    from localcloud.stepfunctions.states.map_inline import InlineMap

    fields = context.fields
    fields.require("ItemProcessor")
    processor = fields.sub("ItemProcessor") or Fields({}, fields.location, fields.diagnostics)
    mode, execution_type = _processor_config(processor, context)
    graph = context.graph(processor, mode == "INLINE")
    items = fields.template("Items")
    selector = fields.template("ItemSelector")
    concurrency = fields.integer_template("MaxConcurrency", 0, int(_LARGE))
    policy = read_policy(fields, context.transitions)
    if mode == "INLINE":
        for name in _DISTRIBUTED_ONLY:
            if fields.has(name):
                fields.raw(name)
                fields.wrong(
                    name, f"The field '{name}' is only supported by Distributed Map states"
                )
        return InlineMap(context.common, items, selector, concurrency, graph, policy)
    if context.machine_type == "EXPRESS":
        fields.wrong(
            "ItemProcessor", "Express state machines do not support Distributed Map states"
        )
    label = fields.text("Label", LABEL_LENGTH) or str(uuid.uuid4())
    reader = read_item_reader(fields)
    if reader and items:
        fields.wrong("Items", "A Map state may have either Items or ItemReader")
    return DistributedMap(
        context.common,
        items,
        selector,
        concurrency,
        graph=graph,
        policy=policy,
        label=label,
        execution_type=execution_type,
        reader=reader,
        batcher=read_batcher(fields),
        writer=read_result_writer(fields),
        tolerance=Tolerance(
            fields.integer_template("ToleratedFailureCount", 0, 10_000_000),
            fields.number_template("ToleratedFailurePercentage", 0, 100),
        ),
    )


_DISTRIBUTED_ONLY = (
    "ItemReader",
    "ItemBatcher",
    "ResultWriter",
    "Label",
    "ToleratedFailureCount",
    "ToleratedFailurePercentage",
)


def _processor_config(processor: Fields, context: ParseContext) -> tuple[str, str]:
    config = processor.sub("ProcessorConfig")
    if config is None:
        return "INLINE", context.machine_type
    mode = config.choice("Mode", ("INLINE", "DISTRIBUTED"), "INLINE")
    execution_type = context.machine_type
    if mode == "DISTRIBUTED":
        config.require("ExecutionType")
        execution_type = config.choice("ExecutionType", ("STANDARD", "EXPRESS"), "STANDARD")
    config.done()
    return mode, execution_type
