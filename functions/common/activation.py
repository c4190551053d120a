"""When this Region became the active one: a note of the failover function, read by the emailer.

While DNS may still let the other Region publish, this one must not: each could mail the same upload
before it sees the other's claim. So its first mails wait until the other is fenced for certain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypedDict

from botocore.exceptions import BotoCoreError, ClientError

from common.state_table import StateTable

NOTE = "activation"
# The failover function's timeout: so long after it has begun, it may still set the controls.
SWITCH_SECONDS = 280


class ActivationNotNoted(Exception):
    """The state table of this Region takes no note, so the Region could not process files."""


class Wait(TypedDict):
    """For how long a mail has to wait, and for which activation: the time in its note."""

    seconds: int
    activation: str


@dataclass(frozen=True)
class Activation:
    """The last activation of the Region that `state` is in; the clock is that of this Region.

    The note has the latest time at which the controls can have named the Region.
    """

    state: StateTable

    def begin(self) -> None:
        """Note that the routing controls are about to name this Region. Or ActivationNotNoted."""
        try:
            self._write(datetime.now(UTC) + timedelta(seconds=SWITCH_SECONDS), is_finished=False)
        except (BotoCoreError, ClientError) as error:
            raise ActivationNotNoted(f"nothing was switched: {error}") from error

    def finish(self) -> None:
        """Note that they do, unless an earlier call has done so, or nothing was begun."""
        note = self.state.note(NOTE)
        if note and not note["is_finished"]:
            self._write(datetime.now(UTC), is_finished=True)

    def wait(self, fence_seconds: int, waited: Wait | None) -> Wait | None:
        """Return how long a mail has to wait; None if it need not, or has `waited` already.

        What was waited for is an activation that was not finished, if another time is noted now.
        """
        note = self.state.note(NOTE)
        if note is None or (waited and waited["activation"] == note["activated_at"]):
            return None
        passed = datetime.now(UTC) - datetime.fromisoformat(note["activated_at"])
        seconds = math.ceil(fence_seconds - passed.total_seconds())
        seconds = min(seconds, fence_seconds + SWITCH_SECONDS)  # a clock may have been set back
        return {"seconds": seconds, "activation": note["activated_at"]} if seconds > 0 else None

    def _write(self, activated_at: datetime, *, is_finished: bool) -> None:
        values = {"activated_at": activated_at.isoformat(), "is_finished": is_finished}
        self.state.write_note(NOTE, values)
