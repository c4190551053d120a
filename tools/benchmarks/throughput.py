"""One file through the deployed system, measured from outside."""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import boto3

from tools.benchmarks import calls, cpu
from tools.harness.deployment import Deployment
from tools.harness.shell import ROOT, CommandFailed, Shell, run_command
from tools.harness.watch import epoch, follow

_LIMIT_SECONDS = 3600.0


class WrongResult(Exception):
    """A run did not end with every row accounted for, so that no figure would be worth anything."""


@dataclass(frozen=True)
class Target:
    """Where files go, and whose CPU is counted."""

    deployment: Deployment
    state_dir: Path
    pid: int


@dataclass(frozen=True)
class Run:
    """``seconds``: from the start of the upload to ``completed_at`` of the state table's row;
    ``processing``: from ``started_at`` on. ``used`` is None where CPU cannot be read; ``parts`` are
    the CPU seconds inside the local cloud's process.
    """

    rows: int
    seconds: float
    processing: float
    used: cpu.Cpu | None
    parts: dict[str, float]
    calls: Counter[str]


def prepare(shell: Shell) -> Target:
    """Deploy unless both Regions' stacks stand."""
    if not _is_deployed(shell):
        shell.deploy()
    state_dir = Path(shell.environment["AWS_CA_BUNDLE"]).parent
    pid = int(json.loads((state_dir / "ready.json").read_text())["pid"])
    return Target(Deployment.of(shell), state_dir, pid)


def _is_deployed(shell: Shell) -> bool:
    """`make settings` reads the outputs of the global stack; seeding is what `deploy` does last."""
    try:
        settings = shell.settings()
    except CommandFailed:
        return False
    if not settings.get("MRAP_ARN"):
        return False
    dynamodb = boto3.client("dynamodb", settings["PRIMARY_REGION"])
    try:
        table = f"financial-data{settings['ENV']}"
        return dynamodb.scan(TableName=table, Limit=1)["Count"] > 0
    except dynamodb.exceptions.ResourceNotFoundException:
        return False


def make_file(rows: int, folder: Path) -> Path:
    file = folder / f"bench-{rows}.csv"
    script = str(ROOT / "assets" / "generate_testfile.py")
    command = [sys.executable, script, "--rows", str(rows), "--out", str(file)]
    run_command(command, dict(os.environ), quiet=True)
    return file


def run(shell: Shell, target: Target, file: Path, rows: int) -> Run:
    """Upload as a user does, follow to the end, and check that every row is accounted for."""
    key = f"input/{file.stem}-{int(time.time())}.csv"
    used_before, parts_before = cpu.used(target.pid), cpu.parts(shell)
    start = time.time()
    destination = f"s3://{target.deployment.mrap_arn}/{key}"
    shell.run("aws", "s3", "cp", "--no-progress", str(file), destination)
    row = follow(target.deployment, key, "", _LIMIT_SECONDS)
    used_after, parts_after = cpu.used(target.pid), cpu.parts(shell)
    counts = (int(row.get("rows_out") or 0), int(row.get("rows_rejected") or 0))
    if row["status"] != "COMPLETED" or sum(counts) != rows:
        raise WrongResult(f"{key} ended as {row['status']} with {counts} of {rows} rows")
    end = epoch(str(row["completed_at"]))
    return Run(
        rows=rows,
        seconds=end - start,
        processing=end - epoch(str(row["started_at"])),
        used=used_after - used_before if used_after and used_before else None,
        parts=_difference(parts_before, parts_after),
        calls=calls.between(target.state_dir / "ledger.jsonl", start, end),
    )


def _difference(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    return {part: seconds - before.get(part, 0.0) for part, seconds in after.items()}
