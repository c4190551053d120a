"""What an arrival is: an input that nobody has begun, or one that needs no run of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from common.attempts import marks_of
from common.input_versions import InputVersions
from common.runs import Item, version_of
from common.state_reader import StateReader

ArrivalState = Literal["begun", "copy", "unconfirmed", "withdrawn", "waiting"]


@dataclass(frozen=True)
class Arrivals:
    """Judges arrivals by what `state` and `bucket` show of them. It writes nothing."""

    state: StateReader
    bucket: InputVersions

    def state_of(self, arrival: Item) -> ArrivalState:
        """Return whether the arrival waits for its run to begin, or why it does not.

        Raises InputUnavailable if the version cannot be read here.
        """
        if self.state.attempts(arrival["run_id"]):
            return "begun"
        version = version_of(arrival)
        marks = marks_of(version.key, self.bucket.head(version)["Metadata"])
        items = self.state.attempts(marks.attempt.run_id) if marks else []
        if marks and any(marks.are_confirmed_by(item, version.version_id) for item in items):
            return "copy"  # of the other Region, for its attempt
        if marks and not any(marks.name(item) for item in items):
            return "unconfirmed"  # it may be such a copy, whose item is slower: docs/decisions.md
        if self.bucket.is_deleted(version.key):
            return "withdrawn"  # its user deleted it before it was started
        return "waiting"
