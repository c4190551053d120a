"""When this Region became the active one: a note of the failover function, read by the emailer.

While DNS may still let the other Region publish, this one must not: each could mail the same upload
before it sees the other's claim. So its first mails wait until the other is fenced for certain.
"""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypedDict

from botocore.exceptions import BotoCoreError, ClientError

from common.runs import now
from common.state_table import StateTable

NOTE = "activation"


class ActivationNotNoted(Exception):
    """The state table of this Region takes no note, so the Region could not process files."""


class Wait(TypedDict):
    """For how long a mail has to wait, and for which activation of the Region."""

    seconds: int
    activation: str


@dataclass(frozen=True)
class Activation:
    """The last activation of the Region that `state` is in; the clock is that of this Region."""

    state: StateTable

    def begin(self) -> None:
        """Note that the routing controls are about to name this Region. Or ActivationNotNoted."""
        try:
            self.state.write_note(NOTE, {"activation": uuid.uuid4().hex})
        except (BotoCoreError, ClientError) as error:
            raise ActivationNotNoted(f"nothing was switched: {error}") from error

    def finish(self) -> None:
        """Note when they did, unless an earlier call has done so, or nothing was begun."""
        note = self.state.note(NOTE)
        if note and "activated_at" not in note:
            values = {"activation": note["activation"], "activated_at": now()}
            self.state.write_note(NOTE, values)

    def wait(self, fence_seconds: int, waited: Wait | None) -> Wait | None:
        """Return how long a mail has to wait; None if it need not, or has `waited` already.

        An activation that is not finished, or that another clock has dated later than now, is
        waited for from now on, which is long enough.
        """
        note = self.state.note(NOTE)
        if note is None or (waited and waited["activation"] == note["activation"]):
            return None
        passed = max(0.0, _seconds_since(note.get("activated_at") or now()))
        seconds = math.ceil(fence_seconds - passed)
        return {"seconds": seconds, "activation": note["activation"]} if seconds > 0 else None


def _seconds_since(time: str) -> float:
    return (datetime.now(UTC) - datetime.fromisoformat(time)).total_seconds()
