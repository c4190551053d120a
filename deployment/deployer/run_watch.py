"""Watches one run until it has ended, by what the state table shows in either Region."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from common.run_state import COMPLETED, FAILED, GIVEN_UP, STARTED, UNCERTAIN, UNKNOWN, Run
from common.runs import Item, run_of_items
from common.state_reader import StateReader

from .aws import QUICK, Aws
from .console import Stopwatch
from .plan import Plan

POLL_SECONDS = 2.0


@dataclass(frozen=True)
class RunView:
    """How a run stands. `item` is that of its latest attempt, or of the one that completed it."""

    status: str
    item: Item | None = None
    has_ended: bool = False

    def __str__(self) -> str:
        if self.item is None:
            return "not begun yet: waiting for S3 to tell the active Region of it"
        attempt = f", attempt {self.item['attempt']}" if self.item["attempt"] > 1 else ""
        return f"{self.status} in {self.item['region']}{attempt}"


def watch_run(
    aws: Aws, plan: Plan, run_id: str, limit: float, show: Callable[[str], None]
) -> RunView:
    """Return how the run stands once it has ended, or after `limit` seconds.

    `show` gets each change, and now and then a line that nothing has changed. A table that answers
    in neither Region raises its error.
    """
    stopwatch, latest = Stopwatch(), ""
    while True:
        view = run_view(_attempts(aws, plan, run_id))
        if str(view) != latest or stopwatch.is_report_due():
            latest = str(view)
            show(f"{stopwatch.seconds:5} s  {latest}")
        if view.has_ended or stopwatch.seconds >= limit:
            return view
        time.sleep(POLL_SECONDS)


def run_view(items: list[Item]) -> RunView:
    """Return how the run of these attempts stands."""
    run = run_of_items(items)
    if run.status == UNKNOWN:
        return RunView(UNKNOWN)
    latest = [item for item in items if item["attempt"] == run.number]
    deciding = [item for item in items if item["status"] == COMPLETED] or [
        *(item for item in latest if item["status"] == run.status),
        *latest,
    ]
    return RunView(run.status, deciding[0], _has_ended(run))


def _has_ended(run: Run) -> bool:
    """An attempt that has claimed its mail is UNCERTAIN until SES has answered it."""
    if run.status == UNCERTAIN:
        return all(attempt.status != STARTED for attempt in run.latest)
    return run.status in (COMPLETED, FAILED, GIVEN_UP)


def _attempts(aws: Aws, plan: Plan, run_id: str) -> list[Item]:
    """Return the items of the run, each from its own Region's table if that answers.

    The other table is a second behind. Raises an error if no Region answers.
    """
    items: dict[tuple[str, int], Item] = {}
    errors: list[Exception] = []
    primary, secondary = plan.settings.regions
    for region, peer in ((primary, secondary), (secondary, primary)):
        dynamodb = aws.client("dynamodb", region, QUICK)
        state = StateReader(dynamodb, f"batch-state{plan.env}", region, peer)
        try:
            for item in state.attempts(run_id):
                key = item["region"], int(item["attempt"])
                if item["region"] == region or key not in items:
                    items[key] = item
        except (BotoCoreError, ClientError) as error:
            errors.append(error)
    if len(errors) == len(plan.settings.regions):
        raise errors[0]
    return list(items.values())
