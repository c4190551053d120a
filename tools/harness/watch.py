"""Follows one file through the system with the AWS API, and shows how far it is."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3

_POLL_SECONDS = 0.5
_LINE_SECONDS = 5.0
_ENDED = {"COMPLETED", "FAILED", "SUPERSEDED"}


class TookTooLong(Exception):
    """The file did not end in the time allowed."""


@dataclass
class Deployment:
    """The names that one ENV's deployment goes by (docs/architecture.md)."""

    env: str
    account: str
    regions: tuple[str, str]

    @staticmethod
    def of(settings: dict[str, str], account: str) -> Deployment:
        """By what ``make settings`` says."""
        regions = (settings["PRIMARY_REGION"], settings["SECONDARY_REGION"])
        return Deployment(settings["ENV"], account, regions)

    @property
    def state_table(self) -> str:
        return f"batch-state{self.env}"

    def bucket(self, region: str) -> str:
        return f"batch-{self.account}-{region}{self.env}"

    def orchestrator(self, region: str) -> str:
        return f"arn:aws:states:{region}:{self.account}:stateMachine:MainOrchestrator{self.env}"

    def execution(self, row: dict[str, Any]) -> str:
        machine = self.orchestrator(row["region"])
        return f"{machine.replace(':stateMachine:', ':execution:')}:{row['run_id']}"


def follow(deployment: Deployment, key: str, since: str, limit: float) -> dict[str, Any]:
    """Wait until a run of ``key`` begun after ``since`` (ISO 8601) has ended; returns its row."""
    # A session of its own: boto3's default one keeps the keys it first saw.
    session = boto3.Session()
    table = session.resource("dynamodb", deployment.regions[0]).Table(deployment.state_table)
    deadline = time.monotonic() + limit
    display = Display()
    while time.monotonic() < deadline:
        rows = [row for row in scan(table) if row["key"] == key and row["started_at"] >= since]
        if rows:
            row = max(rows, key=lambda row: str(row["started_at"]))
            ended = row["status"] in _ENDED
            display.show(_progress(session, deployment, row), at_once=ended)
            if ended:
                display.end()
                return row
        else:
            display.show("waiting for the trigger")
        time.sleep(_POLL_SECONDS)
    display.end()
    raise TookTooLong(f"{key} has not ended after {limit:.0f} s; `make status` tells more.")


def wait_for_mail(read: Callable[[], str], run_id: str, limit: float) -> dict[str, Any]:
    """The mail about this run, from the JSON lines that ``read`` returns."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        mails = [json.loads(line) for line in read().splitlines()]
        for mail in mails:
            if run_id in mail["body"]:
                return dict(mail)
        time.sleep(_POLL_SECONDS)
    raise TookTooLong(f"no mail about run {run_id} after {limit:.0f} s")


class Display:
    """One line that is rewritten on a terminal; elsewhere a new line every few seconds."""

    def __init__(self) -> None:
        self._last = ""
        self._began = time.monotonic()
        self._next_line = 0.0

    def show(self, text: str, at_once: bool = False) -> None:
        """``at_once``: not to be left out, however short it was since the last line."""
        seconds = time.monotonic() - self._began
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
    done, total = counts["succeeded"], counts["total"]
    stage = "chunks processed" if done < total else "chunks processed, merging and mailing"
    if row["status"] in _ENDED:
        stage = "chunks processed"
    return f"{row['status']} in {row['region']}: {done} of {total} {stage}"


def scan(table: Any) -> list[dict[str, Any]]:
    """All rows of a boto3 table, all pages."""
    answer = table.scan()
    rows = list(answer["Items"])
    while "LastEvaluatedKey" in answer:
        answer = table.scan(ExclusiveStartKey=answer["LastEvaluatedKey"])
        rows += answer["Items"]
    return rows
