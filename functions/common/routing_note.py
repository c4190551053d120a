"""What ARC's routing controls say of this Region: noted where they can be read, for the watch."""

from __future__ import annotations

import time
from typing import TypedDict

from common.state_table import StateTable

NOTE = "routing"
VALID_SECONDS = 15 * 60  # the schedule notes it every ten minutes


class RoutingNote(TypedDict):
    """Whether the controls make this Region active, and when they said so: epoch seconds."""

    is_active: bool
    noted_at: int


def note_routing(state: StateTable, *, is_active: bool) -> RoutingNote:
    """Note it, and return the note."""
    note: RoutingNote = {"is_active": is_active, "noted_at": int(time.time())}
    state.write_note(NOTE, note)
    return note


def disagrees(state: StateTable, active: str) -> bool:
    """Tell whether DNS, which says `active`, and the note differ on this Region.

    An old note proves nothing: that ARC does not answer is told by the alarm of the function.
    """
    note = state.note(NOTE)
    if note is None or time.time() - int(note["noted_at"]) > VALID_SECONDS:
        return False
    return bool(note["is_active"]) != (active == state.region)
