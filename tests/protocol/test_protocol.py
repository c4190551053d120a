"""The failover protocol as an executable model (docs/protocol.md): explored to the end."""

from __future__ import annotations

import pytest

from tests.protocol.explorer import History, explore
from tests.protocol.state import NO_FAULTS, Budget
from tests.protocol.steps import REOPENED, SECOND_MAIL
from tests.protocol.tables import OwnedItems, SharedRow


@pytest.mark.parametrize(
    "budget",
    [
        NO_FAULTS,
        NO_FAULTS._replace(late_chunks=1, failures=1),
        NO_FAULTS._replace(stale_dns=1),
        NO_FAULTS._replace(crashes=1, flips=1),
    ],
    ids=lambda budget: ", ".join(name for name, value in budget._asdict().items() if value),
)
def test_no_run_is_mailed_twice_reopened_or_lost_but_for_the_named_residual(budget: Budget) -> None:
    result = explore(OwnedItems(), budget)
    assert result.violations == {}
    assert result.at_rest > 0


def test_the_residual_exists_and_needs_items_that_are_on_their_way() -> None:
    assert explore(OwnedItems(), NO_FAULTS).residual > 0


def test_with_one_shared_row_a_late_chunk_reopens_a_finished_run() -> None:
    """The reported double mail: the old Region's whole row replaces the winner's COMPLETED one."""

    def is_the_report(history: History) -> bool:
        """A chunk fails late, after the other Region has completed the run."""
        late = [place for place, step in enumerate(history) if "fails and notes why" in step]
        completed = [place for place, step in enumerate(history) if "completes the run" in step]
        return bool(late and completed and completed[0] < late[0])

    result = explore(SharedRow(), NO_FAULTS._replace(late_chunks=1), stop=is_the_report)
    (violation,) = result.violations
    assert violation in (REOPENED, SECOND_MAIL)
    assert is_the_report(result.violations[violation])
