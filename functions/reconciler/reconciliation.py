"""One pass: every run that has not ended, then every arrival whose run nobody has begun.

What it costs grows with what is unfinished and recent, not with all that was ever uploaded.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import NamedTuple

from common.run_state import FAILED, STARTED, SUPERSEDED
from common.runs import ARRIVED, Item
from reconciler.progress import Progress
from reconciler.takeover import Takeover

WORKERS = 10  # as many as botocore keeps connections


class Step(NamedTuple):
    """Looks at the items of a status that started since a time; `select` leaves some out."""

    status: str
    since: str
    select: Callable[[list[Item]], list[Item]]
    work: Callable[[Item], None]


def reconcile(
    takeover: Takeover, failed_hours: int, sweep_hours: int, progress: Progress, deadline: float
) -> None:
    """Take over what is unfinished, until `deadline` (of time.monotonic), from `progress` on.

    Only runs that failed within `failed_hours` are considered, and only arrivals, and attempts that
    gave way, of the last `sweep_hours`: people have been told of older ones long ago.
    """
    steps = _steps(takeover, failed_hours, sweep_hours, progress.begun_at)
    with ThreadPoolExecutor(WORKERS) as pool:
        for number, step in enumerate(steps[progress.step :], start=progress.step):
            start_key = progress.start_key if number == progress.step else None
            pages = takeover.state.pages_with_status(step.status, step.since, start_key=start_key)
            for page in pages:
                if time.monotonic() > deadline:
                    takeover.report.is_complete = False
                    progress.keep(number, start_key, takeover.report)
                    return
                list(pool.map(step.work, step.select(page.items)))
                start_key = page.next_key
    progress.end()


def _steps(takeover: Takeover, failed_hours: int, sweep_hours: int, begun_at: str) -> list[Step]:
    """Return the steps of a pass that began at that time."""
    failed_since, swept_since = _before(begun_at, failed_hours), _before(begun_at, sweep_hours)
    unreported = _Unreported()
    run = takeover.take_over_run
    return [
        Step(STARTED, "", unreported, run),
        Step(FAILED, failed_since, unreported, run),
        # nobody may have taken over after the attempt gave way
        Step(SUPERSEDED, swept_since, unreported, run),
        Step(ARRIVED, swept_since, takeover.own_arrivals, takeover.start_arrival),
    ]


class _Unreported:
    """Selects one item of each run that none was selected of before."""

    def __init__(self) -> None:
        self._run_ids = set[str]()

    def __call__(self, items: list[Item]) -> list[Item]:
        runs = {item["run_id"]: item for item in items if item["run_id"] not in self._run_ids}
        self._run_ids.update(runs)
        return list(runs.values())


def _before(time_text: str, hours: int) -> str:
    moment = datetime.fromisoformat(time_text) - timedelta(hours=hours)
    return moment.isoformat(timespec="milliseconds")
