"""What each Region processes and what waits there: one line a Region, for `make status`."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from . import console
from .aws import QUICK, Aws
from .parallel import run_parallel
from .plan import Plan, Stack
from .stack_info import describe_stack

MOST_FILES = 100
READERS = 8  # files that are asked for at the same time


def show_waiting_chunks(aws: Aws, plan: Plan) -> None:
    """Print how many slots for chunks are taken, and how many chunks have none yet."""
    stacks = (plan.primary, plan.standby)
    for line in run_parallel(*(partial(_line, aws, plan, stack) for stack in stacks)):
        console.info(line)


def _line(aws: Aws, plan: Plan, stack: Stack) -> str:
    try:
        description = describe_stack(aws, stack, QUICK) or {}
        taken = _taken_slots(aws, plan, stack.region)
        unfinished = _unfinished_chunks(aws, stack.region, _output(description))
    except (BotoCoreError, ClientError):
        return f"chunks in {stack.region}: not shown, since the Region does not answer"
    waiting = max(0, sum(unfinished) - taken)
    files = f"{len(unfinished)}{' or more' if len(unfinished) == MOST_FILES else ''}"
    return (
        f"chunks in {stack.region}: {taken} of {_width(description)} slots are taken; "
        f"chunks that wait: {waiting}; files under way: {files}"
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


def _unfinished_chunks(aws: Aws, region: str, orchestrator: str) -> list[int]:
    """Return the number for each file whose execution runs: 0 while it is split or merged."""
    if not orchestrator:
        return []
    stepfunctions = aws.client("stepfunctions", region, QUICK)
    response = stepfunctions.list_executions(
        stateMachineArn=orchestrator, statusFilter="RUNNING", maxResults=MOST_FILES
    )
    executions = [execution["executionArn"] for execution in response["executions"]]
    with ThreadPoolExecutor(READERS) as pool:
        return list(pool.map(partial(_chunks_of, stepfunctions), executions))


def _chunks_of(stepfunctions: Any, execution: str) -> int:
    return sum(_open_items(stepfunctions, execution))


def _open_items(stepfunctions: Any, execution: str) -> Iterator[int]:
    for run in stepfunctions.list_map_runs(executionArn=execution)["mapRuns"]:
        counts = stepfunctions.describe_map_run(mapRunArn=run["mapRunArn"])["itemCounts"]
        yield int(counts["pending"]) + int(counts["running"])


def _output(description: dict[str, Any]) -> str:
    outputs = {item["OutputKey"]: item["OutputValue"] for item in description.get("Outputs", [])}
    return str(outputs.get("MainOrchestratorArn", ""))


def _width(description: dict[str, Any]) -> str:
    parameters = description.get("Parameters", [])
    values = {item["ParameterKey"]: item["ParameterValue"] for item in parameters}
    return str(values.get("ChunkSlots", "?"))
