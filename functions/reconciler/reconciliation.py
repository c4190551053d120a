"""One pass: every unfinished row, then every input that has no row."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from common import keys
from common.state_table import StateTable
from reconciler.input_bucket import InputBucket, Version
from reconciler.takeover import Takeover

WORKERS = 10  # as many as botocore keeps connections


def reconcile(takeover: Takeover, failed_hours: int, sweep_hours: int, deadline: float) -> None:
    """Take over what is unfinished, until `deadline` (of time.monotonic).

    Only runs that failed within `failed_hours` are considered, and only inputs without a row that
    were uploaded within `sweep_hours`: people have been told of older ones long ago.
    """
    state = takeover.state
    failed_since = _hours_ago(failed_hours).isoformat(timespec="milliseconds")
    uploaded_since = _hours_ago(sweep_hours)
    with ThreadPoolExecutor(WORKERS) as pool:
        steps: list[tuple[Callable[[Any], None], Iterable[list[Any]]]] = [
            (takeover.take_over_run, state.pages_with_status("STARTED")),
            (takeover.take_over_run, state.pages_with_status("FAILED", failed_since)),
            (takeover.start_input, _inputs_without_row(state, takeover.bucket, uploaded_since)),
        ]
        for work, pages in steps:
            for page in pages:
                if time.monotonic() > deadline:
                    takeover.report.is_complete = False
                    return
                list(pool.map(work, page))


def _inputs_without_row(
    state: StateTable, bucket: InputBucket, since: datetime
) -> Iterable[list[Version]]:
    """Yield pages of the versions that are newer than `since` and whose own run has no row."""
    for page in bucket.versions():
        recent = {
            keys.run_id(version.key, version.version_id): version
            for version in page
            if version.modified > since
        }
        existing = state.existing_runs(recent)
        yield [version for run_id, version in recent.items() if run_id not in existing]


def _hours_ago(hours: int) -> datetime:
    return datetime.now(UTC) - timedelta(hours=hours)
