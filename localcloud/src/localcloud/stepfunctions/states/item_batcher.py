"""ItemBatcher: several items in the input of one child execution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from localcloud.stepfunctions.branch import Frame
from localcloud.stepfunctions.expressions import Template
from localcloud.stepfunctions.fields import Fields
from localcloud.stepfunctions.quotas import DATA_BYTES, size

_MOST_ITEMS = 100_000_000


@dataclass(frozen=True)
class Batcher:
    max_items: Template | None
    max_bytes: Template | None
    batch_input: Template | None

    def batches(self, frame: Frame, items: list[Any]) -> list[tuple[Any, int]]:
        """(input of a child, how many items it holds). A batch never exceeds what an execution may
        get as input.
        """
        most = int(frame.number(self.max_items, 1, _MOST_ITEMS) or _MOST_ITEMS)
        room = int(frame.number(self.max_bytes, 1, DATA_BYTES) or DATA_BYTES)
        head: dict[str, Any] = {}
        if self.batch_input is not None:
            head["BatchInput"] = frame.evaluate(self.batch_input)
        overhead = size({**head, "Items": []})
        batches: list[tuple[Any, int]] = []
        batch: list[Any] = []
        held = overhead
        for item in items:
            weight = size(item) + 1  # its comma
            if batch and (len(batch) >= most or held + weight > room):
                batches.append(({**head, "Items": batch}, len(batch)))
                batch, held = [], overhead
            batch.append(item)
            held += weight
        if batch:
            batches.append(({**head, "Items": batch}, len(batch)))
        return batches


def read_batcher(fields: Fields) -> Batcher | None:
    sub = fields.sub("ItemBatcher")
    if sub is None:
        return None
    if not (sub.has("MaxItemsPerBatch") or sub.has("MaxInputBytesPerBatch")):
        sub.diagnostics.add(
            sub.location,
            "At least one of these fields is required: [MaxItemsPerBatch, MaxInputBytesPerBatch]",
        )
    batcher = Batcher(
        sub.integer_template("MaxItemsPerBatch", 1, _MOST_ITEMS),
        sub.integer_template("MaxInputBytesPerBatch", 1, DATA_BYTES),
        sub.template("BatchInput"),
    )
    sub.done()
    return batcher
