"""Runs as the state table shows them: its items, one an attempt and Region, put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from common.runs import run_of_items, state_of

Item = dict[str, Any]
Row = dict[str, Any]


def read_runs(table: Any) -> list[Row]:
    """One row for each run in a boto3 table, from all of its items."""
    return rows_of(_scan(table))


def rows_of(items: Iterable[Item]) -> list[Row]:
    """One row for each run of which these are the items.

    It has what the attempt says that decides the run's state, and besides ``status`` of the run,
    ``started_at`` of its first attempt, all of its ``attempts`` (the items, by number), and
    ``requeued_at`` if the latest continues an earlier one. Arrivals are no runs.
    """
    by_run = defaultdict(list)
    for item in items:
        if "attempt" in item:
            by_run[item["run_id"]].append(item)
    return [_row(attempts) for attempts in by_run.values()]


def attempt_name(row: Row) -> str:
    """Name of the attempt's execution, which is also in the keys of what it writes."""
    number = int(row["attempt"])
    return str(row["run_id"]) if number == 1 else f"{row['run_id']}-{number}"


def _row(attempts: list[Item]) -> Row:
    run = run_of_items(attempts)
    attempts.sort(key=lambda item: (int(item["attempt"]), item["region"]))
    # The one that the run's state is of: the last of those that have it, or that may have mailed.
    deciding = [item for item in attempts if item["status"] == run.status]
    deciding = deciding or [item for item in attempts if state_of(item).is_mailing] or attempts
    started_at = min(item["started_at"] for item in attempts)
    row = {**deciding[-1], "status": run.status, "started_at": started_at, "attempts": attempts}
    if "copy_token" in row and "begun_at" in row:
        row["requeued_at"] = row["begun_at"]
    return row


def _scan(table: Any) -> list[Item]:
    page = table.scan()
    items = list(page["Items"])
    while "LastEvaluatedKey" in page:
        page = table.scan(ExclusiveStartKey=page["LastEvaluatedKey"])
        items += page["Items"]
    return items
