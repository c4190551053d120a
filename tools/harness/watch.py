"""Follows one file through the system with the AWS API, and shows how far it is."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from typing import Any

import boto3

from tools.harness.deployment import Deployment
from tools.harness.runs import read_runs

_POLL_SECONDS = 0.5
_LINE_SECONDS = 5.0
_FINAL_STATUSES = {"COMPLETED", "FAILED", "SUPERSEDED", "GIVEN_UP"}


class TookTooLong(Exception):
    """Something did not happen in the time allowed."""


def timestamp() -> str:
    """Now, as the state table writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def epoch(text: str) -> float:
    """The epoch of an ISO 8601 time, as the state table writes it."""
    return datetime.fromisoformat(text).timestamp()


def follow(deployment: Deployment, key: str, since: str, limit: float) -> dict[str, Any]:
    """Wait until a run of ``key`` begun after ``since`` has ended; returns its row."""
    # A session of its own: boto3's default one keeps the keys it first saw.
    session = boto3.Session()
    table = session.resource("dynamodb", deployment.regions[0]).Table(deployment.state_table)
    deadline = time.monotonic() + limit
    display = Display()
    while time.monotonic() < deadline:
        rows = [row for row in read_runs(table) if row["key"] == key and row["started_at"] >= since]
        if rows:
            row = max(rows, key=lambda row: str(row["started_at"]))
            is_final = row["status"] in _FINAL_STATUSES
            display.show(_progress(session, deployment, row), at_once=is_final)
            if is_final:
                display.end()
                return row
        else:
            display.show("waiting for the trigger")
        time.sleep(_POLL_SECONDS)
    display.end()
    raise TookTooLong(f"{key} has not ended after {limit:.0f} s; `make status` tells more.")


class Display:
    """One line that is rewritten on a terminal; elsewhere a new line every few seconds."""

    def __init__(self) -> None:
        self._last = ""
        self._start = time.monotonic()
        self._next_line = 0.0

    def show(self, text: str, at_once: bool = False) -> None:
        """``at_once``: show it, however short the time since the last line."""
        seconds = time.monotonic() - self._start
        line = f"    {seconds:5.1f} s  {text}"
        if sys.stdout.isatty():
            print(f"\r\033[K{line}", end="", flush=True)
        elif text != self._last and (at_once or seconds >= self._next_line):
            self._last, self._next_line = text, seconds + _LINE_SECONDS
            print(line, flush=True)

    def end(self) -> None:
        if sys.stdout.isatty():
            print()


def _progress(session: boto3.Session, deployment: Deployment, row: dict[str, Any]) -> str:
    states = session.client("stepfunctions", row["region"])
    try:
        runs = states.list_map_runs(executionArn=deployment.execution(row))["mapRuns"]
    except states.exceptions.ExecutionDoesNotExist:
        runs = []
    if not runs:
        return f"{row['status']} in {row['region']}: splitting"
    counts = states.describe_map_run(mapRunArn=runs[0]["mapRunArn"])["itemCounts"]
    succeeded, total = counts["succeeded"], counts["total"]
    is_merging = succeeded == total and row["status"] not in _FINAL_STATUSES
    stage = "chunks processed, merging and mailing" if is_merging else "chunks processed"
    return f"{row['status']} in {row['region']}: {succeeded} of {total} {stage}"
