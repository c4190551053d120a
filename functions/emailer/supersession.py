"""The fence: a Region that is not active, or has lost a run, publishes nothing of that run.

The DNS record, which follows ARC's quorum, decides between the Regions. The row, of which each
Region has a copy, shows a later attempt as soon as that has replicated.
"""

from common.active_region import active_region
from common.observability import count, logger
from common.runs import Owner
from common.state_table import StateTable


def is_superseded(state: StateTable, record: str, run_id: str, owner: Owner) -> bool:
    """Tell whether the run is no longer the owner's.

    Raises if the active Region is unknown, so that nothing is published, and LookupError if there
    is no row.
    """
    if active_region(record) != owner.region:
        return _report(run_id, owner, "another Region is active")
    if owner.is_superseded_by(state.get_existing(run_id)):
        return _report(run_id, owner, "a later attempt has the run")
    return False


def _report(run_id: str, owner: Owner, reason: str) -> bool:
    logger.warning("Superseded", run_id=run_id, attempt=owner.attempt, reason=reason)
    count("RunsSuperseded")
    return True
