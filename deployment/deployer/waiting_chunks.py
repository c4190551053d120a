"""What each Region processes and what waits there: one line a Region, for `make status`."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .ages import age_text
from .aws import QUICK, Aws
from .parallel import run_parallel
from .plan import Plan
from .stack_info import outputs_of, parameters_of

MOST_FILES = 1000  # that ListExecutions returns in one page
COUNTED_FILES = 10  # of the oldest, and of the newest: the chunks of a file take two calls
READERS = 10  # calls at the same time

# Of a stack: empty if there is none; or why CloudFormation does not answer.
Description = dict[str, Any] | Exception


def waiting_chunks_lines(aws: Aws, plan: Plan, stacks: Mapping[str, Description]) -> list[str]:
    """Return how many slots for chunks are taken, and how many chunks have none yet.

    `stacks` are the descriptions of the applications' stacks, by their Regions.
    """
    return run_parallel(*(partial(_line, aws, plan, *pair) for pair in stacks.items()))


def _line(aws: Aws, plan: Plan, region: str, stack: Description) -> str:
    try:
        if isinstance(stack, Exception):
            raise stack
        files = _files_under_way(aws, region, stack)
        counted = [*files[:COUNTED_FILES], *files[COUNTED_FILES:][-COUNTED_FILES:]]
        taken_slots, unfinished = run_parallel(
            partial(_taken_slots, aws, plan, region),
            partial(_unfinished_chunks, aws, region, counted),
        )
    except (BotoCoreError, ClientError):
        return f"chunks in {region}: not shown, since the Region does not answer"
    is_at_least = " or more" if len(counted) < len(files) else ""
    waiting = f"{max(0, unfinished - taken_slots)}{is_at_least}"
    return (
        f"chunks in {region}: {taken_slots} of {_slots(stack)} slots are taken; "
        f"chunks that wait: {waiting}; files under way: {_count(files)}"
    )


def _taken_slots(aws: Aws, plan: Plan, region: str) -> int:
    response = aws.client("dynamodb", region, QUICK).query(
        TableName=f"batch-state{plan.env}",
        KeyConditionExpression="#owner = :owner",
        FilterExpression="#until > :now",
        ExpressionAttributeNames={"#owner": "owner", "#until": "until"},
        ExpressionAttributeValues={
            ":owner": {"S": f"{region}/slots"},
            ":now": {"S": datetime.now(UTC).isoformat(timespec="milliseconds")},
        },
    )
    return int(response["Count"])


def _files_under_way(aws: Aws, region: str, stack: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the executions that run, the newest first."""
    orchestrator = outputs_of(stack).get("MainOrchestratorArn")
    if not orchestrator:
        return []
    response = aws.client("stepfunctions", region, QUICK).list_executions(
        stateMachineArn=orchestrator, statusFilter="RUNNING", maxResults=MOST_FILES
    )
    return list(response["executions"])


def _unfinished_chunks(aws: Aws, region: str, executions: list[dict[str, Any]]) -> int:
    """Return how many chunks these files have left: none while a file is split or merged."""
    stepfunctions = aws.client("stepfunctions", region, QUICK)
    with ThreadPoolExecutor(READERS) as pool:
        arns = (execution["executionArn"] for execution in executions)
        return sum(pool.map(partial(_unfinished_items, stepfunctions), arns))


def _unfinished_items(stepfunctions: Any, execution: str) -> int:
    """Return how many items the Map Runs of an execution have left."""
    total = 0
    for run in stepfunctions.list_map_runs(executionArn=execution)["mapRuns"]:
        counts = stepfunctions.describe_map_run(mapRunArn=run["mapRunArn"])["itemCounts"]
        total += int(counts["pending"]) + int(counts["running"])
    return total


def _count(files: list[dict[str, Any]]) -> str:
    if not files:
        return "0"
    is_at_least = " or more" if len(files) == MOST_FILES else ""
    oldest = "the oldest of these" if is_at_least else "the oldest"
    return f"{len(files)}{is_at_least}, {oldest} for {age_text(files[-1]['startDate'])}"


def _slots(stack: dict[str, Any]) -> str:
    return parameters_of(stack).get("ChunkSlots", "?")
