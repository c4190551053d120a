"""The files that are not finished, in two lists: those in flight, and those that failed.

A line a file shows the age, the state of the run, the Region and number of its latest attempt,
whether S3 has replicated the input, the run's id and the input's key. The lists come from the table
of whichever Region answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from common.attempts import AttemptId
from common.run_state import FAILED, STARTED, SUPERSEDED, UNKNOWN, Attempt, Run
from common.runs import Item, id_of, run_of_items
from common.state_reader import StateReader
from common.visible_text import visible

from .ages import age_text
from .any_region import ask_any_region
from .aws import QUICK, Aws
from .parallel import run_parallel
from .plan import Plan

Key = tuple[str, AttemptId]  # of an attempt's item, with its Region
MOST_LINES = 20  # in each list; each takes a call
READERS = 10  # calls at the same time


@dataclass(frozen=True)
class UnfinishedFile:
    """A run that is not closed, and the item of an attempt with its highest number."""

    run: Run
    item: Item


def unfinished_files_lines(aws: Aws, plan: Plan, account: str) -> list[str]:
    """Return both lists, the oldest files first."""
    files = _files_from_any_region(aws, plan)
    failed = [file for file in files if file.run.status == FAILED]
    in_flight = [file for file in files if file.run.status != FAILED]
    hours = plan.settings.failed_hours
    return [
        f"in flight: {len(in_flight)} files",
        *_list(aws, plan, account, in_flight),
        f"failed in the last {hours} hours: {len(failed)} files",
        *_list(aws, plan, account, failed),
    ]


def _list(aws: Aws, plan: Plan, account: str, files: list[UnfinishedFile]) -> list[str]:
    def line(file: UnfinishedFile) -> str:
        bucket = plan.bucket(account, file.item["region"])
        return _line(file, _replication_status(aws, file.item, bucket))

    with ThreadPoolExecutor(READERS) as pool:
        lines = list(pool.map(line, files[:MOST_LINES]))
    if len(files) > MOST_LINES:
        lines.append(f"… and {len(files) - MOST_LINES} more")
    return lines


def _files_from_any_region(aws: Aws, plan: Plan) -> list[UnfinishedFile]:
    """Return the files that a failover would look at, by their attempts; the oldest first."""
    settings = plan.settings
    statuses = {
        STARTED: "",
        FAILED: _hours_ago(settings.failed_hours),
        SUPERSEDED: _hours_ago(settings.sweep_hours),  # nobody may have taken over
    }

    def read(region: str) -> list[UnfinishedFile]:
        table = _state_table(aws, plan, region)
        lists = run_parallel(*(partial(_items, table, *pair) for pair in statuses.items()))
        runs = _with_other_attempts(table, [item for items in lists for item in items])
        unfinished = filter(None, map(_unfinished_file, runs))
        return sorted(unfinished, key=lambda file: str(file.item["started_at"]))

    return ask_any_region(plan.settings.regions, f"the table batch-state{plan.env}", read)


def _items(table: StateReader, status: str, since: str) -> list[Item]:
    return [item for page in table.pages_with_status(status, since) for item in page.items]


def _with_other_attempts(table: StateReader, items: list[Item]) -> list[list[Item]]:
    """Return the items of each run, with those that have another status.

    A hundred are read in a call. An attempt has the number after the highest that its Region sees,
    so that one with no successor in either Region is the last one.
    """
    runs: dict[str, dict[Key, Item]] = defaultdict(dict)
    requested: set[Key] = set()
    while items:
        for item in items:
            runs[item["run_id"]][item["region"], id_of(item)] = item
        found = {key for attempts in runs.values() for key in attempts}
        keys = {key for run_id, own in runs.items() for key in _keys(table, run_id, own)}
        items = table.existing(keys - found - requested)
        requested |= keys
    return [list(attempts.values()) for attempts in runs.values()]


def _keys(table: StateReader, run_id: str, attempts: Iterable[Key]) -> Iterator[Key]:
    """Yield the key of each attempt that can exist beside these."""
    for number in range(1, max(attempt.number for _, attempt in attempts) + 2):
        for region in (table.region, table.peer_region):
            yield region, AttemptId(run_id, number)


def _hours_ago(hours: str) -> str:
    return (datetime.now(UTC) - timedelta(hours=int(hours))).isoformat(timespec="milliseconds")


def _state_table(aws: Aws, plan: Plan, region: str) -> StateReader:
    primary, secondary = plan.settings.regions
    dynamodb = aws.client("dynamodb", region, QUICK)
    peer = secondary if region == primary else primary
    return StateReader(dynamodb, f"batch-state{plan.env}", region, peer)


def _unfinished_file(items: list[Item]) -> UnfinishedFile | None:
    run = run_of_items(items)
    if run.is_closed or run.status == UNKNOWN:
        return None
    latest = _worked_on(run)
    item = next(item for item in items if (item["attempt"], item["region"]) == latest[:2])
    return UnfinishedFile(run, item)


def _worked_on(run: Run) -> Attempt:
    """Of the latest attempts the one with the run's status, if both Regions have one."""
    return next((attempt for attempt in run.latest if attempt.status == run.status), run.latest[0])


def _replication_status(aws: Aws, item: Item, bucket: str) -> str:
    """PENDING while the other Region lacks the input; a dash where S3 says nothing."""
    s3 = aws.client("s3", item["region"], QUICK)
    version_id = item.get("copy_version_id", item["version_id"])
    try:
        head: dict[str, Any] = s3.head_object(Bucket=bucket, Key=item["key"], VersionId=version_id)
    except ClientError as error:
        return f"no object ({error.response['Error']['Code']})"
    except BotoCoreError:
        return "no answer"
    return str(head.get("ReplicationStatus", "-"))


def _line(file: UnfinishedFile, replication_status: str) -> str:
    item = file.item
    age = age_text(datetime.fromisoformat(item["started_at"]))
    attempt = f"{item['region']} #{item['attempt']}"
    return (
        f"{age:>10}  {file.run.status:<10} {attempt:<18} {replication_status:<10} "
        f"{item['run_id']}  {visible(item['key'])}"
    )
