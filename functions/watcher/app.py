"""On a schedule, in both Regions: tells operators once of each file that does not move.

A Region that is down, with all its alarms, is so reported by the other one.
"""

import json
import time
from dataclasses import dataclass
from typing import Any, TypedDict

from dns.exception import DNSException

from common import aws
from common.active_region import ActiveRegionUnknown, active_region
from common.arrivals import Arrivals
from common.handler import lambda_handler
from common.input_versions import InputVersions
from common.observability import count, logger, measure_seconds
from common.routing_note import disagrees
from common.state_table import StateTable
from watcher.overdue_files import OverdueFile, Watch

DYNAMODB = aws.dynamodb()
S3 = aws.s3()
SNS = aws.sns()

NOTE = "files that operators were told of"
MAX_NAMES = 100  # of a message; it takes 256 KB


@dataclass(frozen=True)
class Settings:
    """A file is overdue if it has not changed for `overdue_hours`. Lambda gives AWS_REGION."""

    state_table: str
    bucket: str
    operators_topic_arn: str
    budget_seconds: int
    overdue_hours: int
    sweep_hours: int
    active_record: str
    peer_region: str
    aws_region: str


class WatchResult(TypedDict):
    """How many files are overdue, and of how many of them this call told the operators first."""

    region: str
    overdue: int
    new: int


@lambda_handler(Settings)
def handler(_event: dict[str, Any], settings: Settings) -> WatchResult:
    """Any event → WatchResult. Every error is raised: the next call on the schedule tries again."""
    state = StateTable(DYNAMODB, settings.state_table, settings.aws_region, settings.peer_region)
    watch = Watch(
        state,
        Arrivals(state, InputVersions(S3, settings.bucket)),
        settings.overdue_hours,
        settings.sweep_hours,
        time.monotonic() + settings.budget_seconds,
    )
    files = watch.overdue_files()
    count("FilesOverdue", len(files))
    if (age := watch.oldest_age()) is not None:
        measure_seconds("OldestUnfinishedFileAge", age)
    count("ActiveRegionUnclear", int(_is_unclear(state, settings.active_record)))
    new = _tell_once(state, files, settings.operators_topic_arn)
    result: WatchResult = {"region": settings.aws_region, "overdue": len(files), "new": len(new)}
    logger.info("Watched", **result)
    return result


def _is_unclear(state: StateTable, record: str) -> bool:
    """Tell whether DNS does not answer, or differs from the routing controls."""
    try:
        return disagrees(state, active_region(record))
    except (DNSException, ActiveRegionUnknown):
        logger.exception("DNS does not tell which Region is active")
        return True


def _tell_once(state: StateTable, files: list[OverdueFile], topic_arn: str) -> list[OverdueFile]:
    """Send the files that were not overdue at the last call, and note all that are now."""
    note = state.note(NOTE) or {"run_ids": []}
    new = [file for file in files if file["run_id"] not in set(note["run_ids"])]
    if new:
        _publish(state.region, new, topic_arn)
    run_ids = [file["run_id"] for file in files]
    if run_ids != note["run_ids"]:
        state.write_note(NOTE, {"run_ids": run_ids})
    return new


def _publish(region: str, files: list[OverdueFile], topic_arn: str) -> None:
    message = {"seen_from": region, "count": len(files), "files": files[:MAX_NAMES]}
    SNS.publish(
        TopicArn=topic_arn,
        Subject=f"Files that do not move, seen from {region}",
        Message=json.dumps(message, indent=2, ensure_ascii=False),
    )
