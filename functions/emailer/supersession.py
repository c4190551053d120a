"""The fence: a Region that is no longer active, or no longer owns a run, publishes nothing of it.

DNS, which follows ARC's quorum, is what decides between Regions; the row, a global table's local
copy, tells a later attempt apart once it has come over.
"""

from common.active_region import active_region
from common.attempts import is_later
from common.observability import count, logger
from common.state_table import Owner, StateTable


def superseded(state: StateTable, record: str, run_id: str, owner: Owner) -> bool:
    """Whether to stop short. Raises if the active Region is not known: then nothing is published.

    Raises LookupError if there is no row.
    """
    if active_region(record) != owner.region:
        return _told("another Region is active", run_id, owner)
    row = state.get(run_id)
    if row is None:
        raise LookupError(f"no row in the state table for run {run_id}")
    later = is_later(row, owner.region, owner.attempt)
    return _told("a later attempt has the run", run_id, owner) if later else False


def _told(why: str, run_id: str, owner: Owner) -> bool:
    logger.warning("Superseded", run_id=run_id, attempt=owner.attempt, why=why)
    count("RunsSuperseded")
    return True
