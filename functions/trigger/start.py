"""Starts the runs of new inputs: first the row, then the execution, each at most once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypedDict

from batch.observability import logger
from batch.state import StateTable, now
from trigger.inputs import Input

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class Started(TypedDict):
    """Run ids, by what was done."""

    started: list[str]
    skipped: list[str]


def start(
    stepfunctions: SFNClient, state: StateTable, machine: str, region: str, found: Iterable[Input]
) -> Started:
    """Start what is ours and unfinished. Safe to do again: a repeated event changes nothing."""
    result: Started = {"started": [], "skipped": []}
    for one in found:
        ours = _own(state, region, one)
        if ours:
            _execute(stepfunctions, machine, one)
        logger.info("Started" if ours else "Skipped: not ours to start", run_id=one.run_id)
        result["started" if ours else "skipped"].append(one.run_id)
    return result


def _own(state: StateTable, region: str, one: Input) -> bool:
    """Whether the run is this Region's to start; makes its row if there is none.

    A row that stands as STARTED may be all that an earlier try got done, so it is started again.
    One that the other Region owns is not: the reconciler hands it over, as a new input version.
    """
    if state.create(_row(region, one)):
        return True
    row = state.get(one.run_id)
    return row is not None and row["status"] == "STARTED" and row["region"] == region


def _row(region: str, one: Input) -> dict[str, str | int]:
    at = now()
    return {
        "run_id": one.run_id,
        "key": one.key,
        "version_id": one.version_id,
        "size": one.size,
        "status": "STARTED",
        "region": region,
        "started_at": at,
        "updated_at": at,
    }


def _execute(stepfunctions: SFNClient, machine: str, one: Input) -> None:
    """StartExecution succeeds again for the same name and input while that runs (API reference).

    So the input holds nothing that differs from one event to the next. After the end it answers
    ExecutionAlreadyExists, which is as good.
    """
    given = {"run_id": one.run_id, "key": one.key, "version_id": one.version_id}
    try:
        stepfunctions.start_execution(
            stateMachineArn=machine, name=one.run_id, input=json.dumps(given)
        )
    except stepfunctions.exceptions.ExecutionAlreadyExists:
        logger.info("The execution exists already", run_id=one.run_id)
