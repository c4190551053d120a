"""Which inputs and runs do not move, of either Region, by what this Region can see of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import TypedDict

from common.arrivals import Arrivals
from common.attempts import AttemptId
from common.input_versions import InputUnavailable
from common.run_state import COMPLETED, STARTED, SUPERSEDED, UNCERTAIN
from common.runs import ARRIVED, Item, id_of, run_of_items
from common.state_table import StateTable
from common.visible_text import visible

WORKERS = 10  # as many as botocore keeps connections
MOST = 1000  # files, the oldest first; a note of their ids stays far below DynamoDB's 400 KB
# Of a failed run its user was told, and a closed one is nobody's any more.
UNMOVED = (STARTED, SUPERSEDED, UNCERTAIN)


class OverdueFile(TypedDict):
    """`region` is that of the latest attempt, or of the arrival; `since` is its last change.

    `state` is that of the run; of an input that nobody has begun it is ARRIVED, or what keeps it
    from being begun: missing, unreadable or unconfirmed.
    """

    run_id: str
    key: str
    region: str
    state: str
    since: str


@dataclass(frozen=True)
class Watch:
    """Finds the files that have not changed for `overdue_hours`, until `deadline`.

    It begins nothing, and writes nothing but that it deletes this Region's arrivals whose runs have
    begun, so that the next pass of a runbook need not look at them.
    """

    state: StateTable
    arrivals: Arrivals
    overdue_hours: int
    sweep_hours: int
    deadline: float  # of time.monotonic

    def overdue_files(self) -> list[OverdueFile]:
        """Return at most MOST files: runs, then arrivals, of each the oldest first."""
        with ThreadPoolExecutor(WORKERS) as pool:
            files = islice(chain(self._runs(pool), self._arrivals(pool)), MOST)
            return list({file["run_id"]: file for file in files}.values())

    def _runs(self, pool: ThreadPoolExecutor) -> Iterator[OverdueFile]:
        for status, since in ((STARTED, ""), (SUPERSEDED, _ago(self.sweep_hours))):
            for items in self._old_items(status, since):
                completed = self._completed_by_the_next_attempt(items)
                runs = {item["run_id"]: item for item in items if item["run_id"] not in completed}
                yield from filter(None, pool.map(self._overdue_run, runs.values()))

    def _arrivals(self, pool: ThreadPoolExecutor) -> Iterator[OverdueFile]:
        for items in self._old_items(ARRIVED, _ago(self.sweep_hours)):
            run_ids_begun = self.state.begun_elsewhere(items)
            forgettable = [item for item in items if item["run_id"] in run_ids_begun]
            others = [item for item in items if item["run_id"] not in run_ids_begun]
            list(pool.map(self._forget, forgettable))
            yield from filter(None, pool.map(self._overdue_arrival, others))

    def _old_items(self, status: str, since: str) -> Iterator[list[Item]]:
        for page in self.state.pages_with_status(status, since, _ago(self.overdue_hours)):
            if time.monotonic() > self.deadline:
                return
            yield page.items

    def _completed_by_the_next_attempt(self, items: list[Item]) -> set[str]:
        """Return the runs that a Region took over and completed, a hundred items in two calls.

        What the Region that was left had STARTED stays so until that Region is active again.
        """
        regions = (self.state.region, self.state.peer_region)
        next_attempts = [
            (region, AttemptId(item["run_id"], id_of(item).number + 1))
            for item in items
            for region in regions
        ]
        attempts = self.state.existing(next_attempts)
        return {attempt["run_id"] for attempt in attempts if attempt["status"] == COMPLETED}

    def _overdue_run(self, item: Item) -> OverdueFile | None:
        items = self.state.attempts(item["run_id"])
        run = run_of_items(items)
        latest = [other for other in items if other["attempt"] == run.number]
        since = max((other["updated_at"] for other in latest), default="")
        if run.status not in UNMOVED or since > _ago(self.overdue_hours):
            return None
        return _overdue_file(latest[0], run.status, since)

    def _overdue_arrival(self, item: Item) -> OverdueFile | None:
        state: str
        try:
            state = self.arrivals.state_of(item)
        except InputUnavailable as refusal:
            state = refusal.outcome
        if state in ("begun", "copy"):
            self._forget(item)
        if state in ("begun", "copy", "withdrawn"):
            return None
        return _overdue_file(item, ARRIVED if state == "waiting" else state, item["started_at"])

    def _forget(self, arrival: Item) -> None:
        if arrival["region"] == self.state.region:
            self.state.delete_arrival(arrival["run_id"])


def _overdue_file(item: Item, state: str, since: str) -> OverdueFile:
    return {
        "run_id": item["run_id"],
        "key": visible(item["key"]),
        "region": item["region"],
        "state": state,
        "since": since,
    }


def _ago(hours: int) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat(timespec="milliseconds")
