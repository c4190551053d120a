"""The files that are not finished: one line a file, whichever Region can list them.

A line shows the age, the state of the run, the Region and number of its latest attempt, whether S3
has replicated the input, the run's id and the input's key.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from common.run_state import FAILED, STARTED, SUPERSEDED, UNKNOWN, Attempt, Run
from common.runs import Item, run_of_items
from common.state_table import StateTable
from common.visible_text import visible

from . import console
from .any_region import ask_any_region
from .aws import QUICK, Aws
from .plan import Plan

MOST_LINES = 50
READERS = 8  # runs that are read at the same time


@dataclass(frozen=True)
class UnfinishedFile:
    """A run that is not closed, and the item of an attempt with its highest number."""

    run: Run
    item: Item


def show_unfinished_files(aws: Aws, plan: Plan, account: str) -> None:
    """List the runs from one Region's table, and ask each latest attempt's Region for its input."""
    files = _files_from_any_region(aws, plan)
    console.info(f"in flight: {len(files)} files")
    for file in files[:MOST_LINES]:
        bucket = plan.bucket(account, file.item["region"])
        console.info(_line(file, _replication_status(aws, file.item, bucket)))
    if len(files) > MOST_LINES:
        console.info(f"… and {len(files) - MOST_LINES} more")


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
        # The index lags behind the table, and a run may have attempts that it does not list here.
        pages = [page for pair in statuses.items() for page in table.pages_with_status(*pair)]
        run_ids = {item["run_id"]: None for page in pages for item in page.items}
        with ThreadPoolExecutor(READERS) as pool:
            files = [_unfinished_file(items) for items in pool.map(table.attempts, run_ids)]
        unfinished = [file for file in files if file]
        return sorted(unfinished, key=lambda file: str(file.item["started_at"]))

    return ask_any_region(plan.settings.regions, f"the table batch-state{plan.env}", read)


def _hours_ago(hours: str) -> str:
    return (datetime.now(UTC) - timedelta(hours=int(hours))).isoformat(timespec="milliseconds")


def _state_table(aws: Aws, plan: Plan, region: str) -> StateTable:
    primary, secondary = plan.settings.regions
    dynamodb = aws.client("dynamodb", region, QUICK)
    peer = secondary if region == primary else primary
    return StateTable(dynamodb, f"batch-state{plan.env}", region, peer)


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
    age = datetime.now(UTC) - datetime.fromisoformat(item["started_at"])
    age_text = str(timedelta(seconds=int(age.total_seconds())))
    attempt = f"{item['region']} #{item['attempt']}"
    return (
        f"{age_text:>10}  {file.run.status:<10} {attempt:<18} {replication_status:<10} "
        f"{item['run_id']}  {visible(item['key'])}"
    )
