"""The fence: a Region that is not active, or an attempt that lost its run, publishes nothing.

The DNS record, which follows ARC's quorum, decides between the Regions. The items of the other
attempts, which each Region sees as they replicate, decide between attempts.
"""

from __future__ import annotations

from dataclasses import dataclass

from common.active_region import active_region
from common.attempts import AttemptId
from common.observability import count, logger
from common.run_state import gives_way
from common.runs import state_of
from common.state_table import StateTable


@dataclass(frozen=True)
class Fence:
    """Asks the TXT record `record`, and the items of a run."""

    state: StateTable
    record: str

    def stops(self, attempt: AttemptId) -> bool:
        """Tell whether this Region's attempt has to stop; its item then says SUPERSEDED.

        Raises if the active Region is unknown, so that nothing is published, and LookupError if the
        attempt has no item.
        """
        self.state.own_existing(attempt)
        if active_region(self.record) != self.state.region:
            return self._stop(attempt, "another Region is active")
        return self.stops_by_items(attempt)

    def stops_by_items(self, attempt: AttemptId) -> bool:
        """Tell the same by the items alone, right before a mail is claimed."""
        attempts = map(state_of, self.state.attempts(attempt.run_id))
        if gives_way(attempts, self.state.region, attempt.number):
            return self._stop(attempt, "another attempt has the run, or it ended")
        return False

    def _stop(self, attempt: AttemptId, reason: str) -> bool:
        self.state.supersede(attempt)
        logger.warning("Superseded", run_id=attempt.run_id, attempt=attempt.number, reason=reason)
        count("RunsSuperseded")
        return True
