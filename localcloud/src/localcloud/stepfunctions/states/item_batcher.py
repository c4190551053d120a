"""ItemBatcher: several items in the input of one child execution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from localcloud.stepfunctions.compact_json import size
from localcloud.stepfunctions.expressions import Template
from localcloud.stepfunctions.fields import Fields
from localcloud.stepfunctions.frame import Frame
from localcloud.stepfunctions.quotas import DATA_BYTES, MAX_ITEMS


class Batch(NamedTuple):
    input: Any  # of a child execution
    item_count: int


@dataclass(frozen=True)
class Batcher:
    max_items: Template | None
    max_bytes: Template | None
    batch_input: Template | None

    def batches(self, frame: Frame, items: list[Any]) -> list[Batch]:
        """Batches that never exceed what an execution may get as input."""
        max_items = int(frame.number(self.max_items, 1, MAX_ITEMS) or MAX_ITEMS)
        max_bytes = int(frame.number(self.max_bytes, 1, DATA_BYTES) or DATA_BYTES)
        members: dict[str, Any] = {}
        if self.batch_input is not None:
            members["BatchInput"] = frame.evaluate(self.batch_input)
        overhead = total = size({**members, "Items": []})
        lists: list[list[Any]] = []
        for item in items:
            item_bytes = size(item) + 1  # its comma
            if not lists or len(lists[-1]) >= max_items or total + item_bytes > max_bytes:
                lists.append([])
                total = overhead
            lists[-1].append(item)
            total += item_bytes
        return [Batch({**members, "Items": batch}, len(batch)) for batch in lists]


def read_batcher(fields: Fields) -> Batcher | None:
    config = fields.object("ItemBatcher")
    if config is None:
        return None
    if not (config.has("MaxItemsPerBatch") or config.has("MaxInputBytesPerBatch")):
        message = (
            "At least one of these fields is required: [MaxItemsPerBatch, MaxInputBytesPerBatch]"
        )
        config.report_here(message)
    batcher = Batcher(
        config.integer_template("MaxItemsPerBatch", 1, MAX_ITEMS),
        config.integer_template("MaxInputBytesPerBatch", 1, DATA_BYTES),
        config.template("BatchInput"),
    )
    config.report_unread()
    return batcher
