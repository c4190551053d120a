"""Reads a Map state, Inline or Distributed."""

from __future__ import annotations

import uuid

from localcloud.stepfunctions.fields import Fields
from localcloud.stepfunctions.quotas import LABEL_LENGTH
from localcloud.stepfunctions.states.item_reader import read_batcher, read_item_reader
from localcloud.stepfunctions.states.map_distributed import MAX_TOLERATED, DistributedMap
from localcloud.stepfunctions.states.map_inline import InlineMap
from localcloud.stepfunctions.states.result_writer import read_result_writer
from localcloud.stepfunctions.states.state import ParseContext, State

_DISTRIBUTED_ONLY = (
    "ItemReader", "ItemBatcher", "ResultWriter", "Label", "ToleratedFailureCount",
    "ToleratedFailurePercentage",
)  # fmt: skip


def parse_map(context: ParseContext) -> State:
    fields = context.fields
    fields.require("ItemProcessor")
    processor = fields.object_or_empty("ItemProcessor")
    mode, execution_type = _read_processor_config(processor, context)
    shared = (
        context.common,
        context.graph(processor, mode == "INLINE"),
        fields.template("Items"),
        fields.template("ItemSelector"),
        fields.integer_template("MaxConcurrency", 0, 1_000_000_000),
    )
    if mode == "INLINE":
        for name in filter(fields.has, _DISTRIBUTED_ONLY):
            fields.take(name)
            fields.report(name, f"The field '{name}' is only supported by Distributed Map states")
        return InlineMap(*shared)
    if context.machine_type == "EXPRESS":
        message = "Express state machines do not support Distributed Map states"
        fields.report("ItemProcessor", message)
    distributed = DistributedMap(
        *shared,
        label=fields.text("Label", LABEL_LENGTH) or str(uuid.uuid4()),
        execution_type=execution_type,
        reader=read_item_reader(fields),
        batcher=read_batcher(fields),
        writer=read_result_writer(fields),
        tolerated_count=fields.integer_template("ToleratedFailureCount", 0, MAX_TOLERATED),
        tolerated_percentage=fields.number_template("ToleratedFailurePercentage", 0, 100),
    )
    if distributed.reader and distributed.items:
        fields.report("Items", "A Map state may have either Items or ItemReader")
    return distributed


def _read_processor_config(processor: Fields, context: ParseContext) -> tuple[str, str]:
    """Mode and ExecutionType."""
    config = processor.object("ProcessorConfig")
    if config is None:
        return "INLINE", context.machine_type
    mode = config.choice("Mode", ("INLINE", "DISTRIBUTED"), "INLINE")
    execution_type = context.machine_type
    if mode == "DISTRIBUTED":
        config.require("ExecutionType")
        execution_type = config.choice("ExecutionType", ("STANDARD", "EXPRESS"), "STANDARD")
    config.report_unread()
    return mode, execution_type
