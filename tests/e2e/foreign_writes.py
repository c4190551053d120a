"""Watches that every item of the Batch State table is written by the Region in its key alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from localcloud.testing import Call, LocalCloud

TABLE = re.compile(r"(arn:.*:table/)?batch-state")
FUNCTION_REGION = re.compile(r":lambda:([a-z0-9-]+):")
WRITES = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}
# Of these the keys are not looked at: the system makes none to this table.
BATCH_WRITES = {
    "dynamodb:BatchWriteItem",
    "dynamodb:TransactWriteItems",
    "dynamodb:ExecuteStatement",
}


class ForeignWrites:
    """``sentences`` grows with each write, by any role of the system, that is not its Region's."""

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self.writes = 0

    def take(self) -> list[str]:
        """The sentences so far, which then are gone."""
        sentences, self.sentences = self.sentences, []
        return sentences

    @contextmanager
    def watched(self, cloud: LocalCloud) -> Iterator[None]:
        with cloud.calls.observe(("dynamodb",), before=self._check, after=lambda _: None):
            yield

    def _check(self, call: Call) -> None:
        if call.role is None:  # a person's, as in a test that cleans up
            return
        if call.action in BATCH_WRITES and re.search(r"batch-state", str(call.params)):
            self.sentences.append(f"{call.principal} writes by {call.action}")
        if call.action not in WRITES or not TABLE.match(call.params["TableName"]):
            return
        self.writes += 1
        key = item_key(call.params)
        regions = {call.region, _home(call) or call.region}
        if regions != {key.partition("/")[0]}:
            self.sentences.append(
                f"{call.principal} of {_home(call)} writes {key} in {call.region}"
            )


def item_key(params: dict[str, Any]) -> str:
    """The partition key in the parameters of a write."""
    return str((params.get("Key") or params["Item"])["owner"]["S"])


def _home(call: Call) -> str | None:
    """The Region of the function that calls; None if it is none."""
    match = FUNCTION_REGION.search(call.function or "")
    return match[1] if match else None
