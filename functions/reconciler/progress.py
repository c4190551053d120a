"""How far a pass has come, so that the runbook's next call of it goes on where this one stopped.

Only calls of the same execution of the runbook share a pass: another one begins at the beginning,
because in the meantime both Regions may have been active.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from common.runs import Item
from common.state_table import StateTable
from reconciler.report import Report

KEPT_SECONDS = 24 * 3600  # longer than any execution of the runbook


@dataclass(frozen=True)
class Progress:
    """The pass began at `begun_at`, and goes on with the page after `start_key` of a step."""

    state: StateTable
    note: str  # the name of the note; empty if nobody will go on with the pass
    begun_at: str
    step: int = 0
    start_key: dict[str, Any] | None = None

    @classmethod
    def of_call(cls, state: StateTable, kind: str, execution: str, report: Report) -> Progress:
        """Return the progress of the calls before, whose counts go into `report`."""
        name = f"{kind} pass of {execution}" if execution else ""
        note: Item = (state.note(name) if name else None) or {}
        if not note:
            return cls(state, name, datetime.now(UTC).isoformat(timespec="milliseconds"))
        report.add_earlier(json.loads(note["summary"]))
        start_key = json.loads(note["start_key"])
        return cls(state, name, note["begun_at"], int(note["step"]), start_key)

    def keep(self, step: int, start_key: dict[str, Any] | None, report: Report) -> None:
        """Note where the next call goes on, after the time of this one was up."""
        if self.note:
            values = {
                "begun_at": self.begun_at,
                "step": step,
                "start_key": json.dumps(start_key),
                "summary": json.dumps(report.summary()),
                "expires_at": int(time.time()) + KEPT_SECONDS,
            }
            self.state.write_note(self.note, values)

    def end(self) -> None:
        """Forget the note: if the pass is asked for again, it is to look at everything again."""
        if self.note:
            self.state.delete_note(self.note)
