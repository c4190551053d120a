"""One pass: every run that has not ended, then every arrival whose run nobody has begun.

What it costs grows with what is unfinished and recent, not with all that was ever uploaded.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from common.run_state import FAILED, STARTED, SUPERSEDED
from common.runs import ARRIVED, Item
from common.state_table import StateTable
from reconciler.takeover import Takeover

WORKERS = 10  # as many as botocore keeps connections


def reconcile(takeover: Takeover, failed_hours: int, sweep_hours: int, deadline: float) -> None:
    """Take over what is unfinished, until `deadline` (of time.monotonic).

    Only runs that failed within `failed_hours` are considered, and only arrivals, and attempts that
    gave way, of the last `sweep_hours`: people have been told of older ones long ago.
    """
    state = takeover.state
    failed_since, arrived_since = _hours_ago(failed_hours), _hours_ago(sweep_hours)
    with ThreadPoolExecutor(WORKERS) as pool:
        reported = set[str]()
        steps: list[tuple[Callable[[Any], None], Iterable[list[Item]]]] = [
            (takeover.take_over_run, _runs(state.pages_with_status(STARTED), reported)),
            (
                takeover.take_over_run,
                _runs(state.pages_with_status(FAILED, failed_since), reported),
            ),
            # nobody may have taken over after the attempt gave way
            (
                takeover.take_over_run,
                _runs(state.pages_with_status(SUPERSEDED, arrived_since), reported),
            ),
            (takeover.start_arrival, _own_arrivals(state, arrived_since)),
        ]
        for work, pages in steps:
            for page in pages:
                if time.monotonic() > deadline:
                    takeover.report.is_complete = False
                    return
                list(pool.map(work, page))


def _runs(pages: Iterable[list[Item]], reported: set[str]) -> Iterable[list[Item]]:
    """Yield one item of each run that was not seen before."""
    for page in pages:
        runs = {item["run_id"]: item for item in page if item["run_id"] not in reported}
        reported.update(runs)
        yield list(runs.values())


def _own_arrivals(state: StateTable, since: str) -> Iterable[list[Item]]:
    """Yield those of this Region; of the others the other Region takes care when it is active."""
    for page in state.pages_with_status(ARRIVED, since):
        yield [item for item in page if item["region"] == state.region]


def _hours_ago(hours: int) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat(timespec="milliseconds")
