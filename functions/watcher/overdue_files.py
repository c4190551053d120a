"""Which inputs and runs do not move, of either Region, by what this Region can see of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain, islice
from typing import Any, TypedDict

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
UNFINISHED = (STARTED, SUPERSEDED, UNCERTAIN)


class OverdueFile(TypedDict):
    """`region` is that of the latest attempt, or of the arrival; `since` is its last change.

    `started_at` is when the run started, or the input arrived.
    `state` is that of the run; of an input that nobody has begun it is ARRIVED, or what keeps it
    from being begun: missing, unreadable or unconfirmed.
    """

    run_id: str
    key: str
    region: str
    state: str
    started_at: str
    since: str


# How a function is applied to the items of a page: all at once by a pool, or one by one by `map`.
Apply = Callable[..., Iterable[Any]]
Forget = Callable[[Item], None]


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
        until = _ago(self.overdue_hours)
        with ThreadPoolExecutor(WORKERS) as pool:
            walks = (*self._runs(until, pool.map), self._arrivals(until, pool.map, self._forget))
            overdue = (file for file in chain(*walks) if file["since"] <= until)
            return list({file["run_id"]: file for file in islice(overdue, MOST)}.values())

    def oldest_age(self) -> float | None:
        """Return the seconds since the oldest unfinished file started or arrived; 0 if all are.

        That file need not be overdue. Return None if there was no time to find it.
        """
        walks = (*self._runs("", map), self._arrivals("", map, _keep))
        started = [file["started_at"] for walk in walks for file in islice(walk, 1)]
        if time.monotonic() > self.deadline:
            return None
        now = datetime.now(UTC)
        return max(
            ((now - datetime.fromisoformat(at)).total_seconds() for at in started), default=0
        )

    def _runs(self, until: str, apply: Apply) -> tuple[Iterator[OverdueFile], ...]:
        """Return those that started before `until`, the oldest first, by the status of an item."""
        superseded = self._items(SUPERSEDED, _ago(self.sweep_hours), until)
        pages = (self._items(STARTED, "", until), superseded)
        return tuple(self._unfinished_runs(items, apply) for items in pages)

    def _unfinished_runs(self, pages: Iterator[list[Item]], apply: Apply) -> Iterator[OverdueFile]:
        for items in pages:
            completed = self._completed_by_the_next_attempt(items)
            run_ids = dict.fromkeys(item["run_id"] for item in items)
            runs = [run_id for run_id in run_ids if run_id not in completed]
            yield from filter(None, apply(self._unfinished_run, runs))

    def _arrivals(self, until: str, apply: Apply, forget: Forget) -> Iterator[OverdueFile]:
        for items in self._items(ARRIVED, _ago(self.sweep_hours), until):
            run_ids_begun = self.state.begun_elsewhere(items)
            forgettable = [item for item in items if item["run_id"] in run_ids_begun]
            others = [item for item in items if item["run_id"] not in run_ids_begun]
            list(apply(forget, forgettable))
            yield from filter(None, apply(partial(self._unfinished_arrival, forget), others))

    def _items(self, status: str, since: str, until: str) -> Iterator[list[Item]]:
        for page in self.state.pages_with_status(status, since, until):
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

    def _unfinished_run(self, run_id: str) -> OverdueFile | None:
        items = self.state.attempts(run_id)
        run = run_of_items(items)
        latest = [item for item in items if item["attempt"] == run.number]
        if run.status not in UNFINISHED:
            return None
        since = max(item["updated_at"] for item in latest)
        return _file(latest[0], run.status, since)

    def _unfinished_arrival(self, forget: Forget, item: Item) -> OverdueFile | None:
        state: str
        try:
            state = self.arrivals.state_of(item)
        except InputUnavailable as refusal:
            state = refusal.outcome
        if state in ("begun", "copy"):
            forget(item)
        if state in ("begun", "copy", "withdrawn"):
            return None
        return _file(item, ARRIVED if state == "waiting" else state, item["started_at"])

    def _forget(self, arrival: Item) -> None:
        if arrival["region"] == self.state.region:
            self.state.delete_arrival(arrival["run_id"])


def _keep(arrival: Item) -> None: ...


def _file(item: Item, state: str, since: str) -> OverdueFile:
    return {
        "run_id": item["run_id"],
        "key": visible(item["key"]),
        "region": item["region"],
        "state": state,
        "started_at": item["started_at"],
        "since": since,
    }


def _ago(hours: int) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat(timespec="milliseconds")
