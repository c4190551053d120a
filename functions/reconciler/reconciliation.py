"""One pass: every unfinished row, then every input that has no row. All pages of both."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from common import keys
from common.state_table import StateTable
from reconciler.input_bucket import Bucket, Version
from reconciler.takeover import HandOver

WORKERS = 10  # as many as botocore keeps connections


def reconcile(
    hand_over: HandOver,
    state: StateTable,
    bucket: Bucket,
    failed_hours: int,
    sweep_hours: int,
    deadline: float,
) -> None:
    """Hand over what is unfinished, until `deadline` (of time.monotonic).

    Failed runs are looked at if they started within `failed_hours`, inputs without a row if they
    were uploaded within `sweep_hours`: what is older was told to people long ago.
    """
    failed_since = _hours_ago(failed_hours).isoformat(timespec="milliseconds")
    swept_since = _hours_ago(sweep_hours)
    with ThreadPoolExecutor(WORKERS) as pool:
        steps: list[tuple[Callable[[Any], None], Iterable[list[Any]]]] = [
            (hand_over.row, state.with_status("STARTED")),
            (hand_over.row, state.with_status("FAILED", failed_since)),
            (hand_over.version, _forgotten(state, bucket, swept_since)),
        ]
        for work, pages in steps:
            for page in pages:
                if time.monotonic() > deadline:
                    hand_over.report.complete = False
                    return
                list(pool.map(work, page))


def _forgotten(state: StateTable, bucket: Bucket, since: datetime) -> Iterable[list[Version]]:
    """Pages of the versions that are not older than `since` and whose own run has no row."""
    for page in bucket.versions():
        recent = {keys.run_id(one.key, one.version_id): one for one in page if one.modified > since}
        known = state.known(recent)
        yield [one for run_id, one in recent.items() if run_id not in known]


def _hours_ago(hours: int) -> datetime:
    return datetime.now(UTC) - timedelta(hours=hours)
