"""One file through the deployed system, measured from outside."""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import boto3

from tools.benchmarks import calls, cpu
from tools.harness.shell import ROOT, CommandFailed, Shell, call, stream
from tools.harness.watch import Deployment, follow

_DEPLOYMENT = ROOT / "deployment"
_LIMIT_SECONDS = 3600.0


class WrongResult(Exception):
    """A run ended otherwise than with every row accounted for: no figure is worth anything then."""


@dataclass(frozen=True)
class Target:
    """Where files go, and whose CPU is counted."""

    deployment: Deployment
    mrap_arn: str
    state_dir: Path
    pid: int


@dataclass(frozen=True)
class Run:
    """``seconds``: from the start of the upload to ``completed_at`` of the Batch State row;
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
    """Deploys unless both Regions' stacks stand."""
    if not _is_deployed(shell):
        stream(["make", "deploy"], shell.environment, _DEPLOYMENT)
    printed = shell.run("make", "-s", "settings", folder=_DEPLOYMENT, quiet=True)
    settings = dict(line.split("=", 1) for line in printed.splitlines())
    state_dir = Path(shell.environment["AWS_CA_BUNDLE"]).parent
    regions = (settings["PRIMARY_REGION"], settings["SECONDARY_REGION"])
    return Target(
        Deployment(settings["ENV"], shell.environment["AWS_ACCOUNT"], regions),
        settings["MRAP_ARN"],
        state_dir,
        int(json.loads((state_dir / "ready.json").read_text())["pid"]),
    )


def _is_deployed(shell: Shell) -> bool:
    """`make settings` reads the outputs of the global stack; seeding is what `deploy` does last."""
    try:
        printed = shell.run("make", "-s", "settings", folder=_DEPLOYMENT, quiet=True)
    except CommandFailed:
        return False
    settings = dict(line.split("=", 1) for line in printed.splitlines() if "=" in line)
    if not settings.get("MRAP_ARN"):
        return False
    tables = boto3.client("dynamodb", settings["PRIMARY_REGION"])
    try:
        name = f"financial-data{settings['ENV']}"
        return tables.scan(TableName=name, Limit=1)["Count"] > 0
    except tables.exceptions.ResourceNotFoundException:
        return False


def make_file(rows: int, folder: Path) -> Path:
    file = folder / f"bench-{rows}.csv"
    script = str(ROOT / "assets" / "generate_testfile.py")
    command = [sys.executable, script, "--rows", str(rows), "--out", str(file)]
    call(command, dict(os.environ), quiet=True)
    return file


def run(shell: Shell, target: Target, file: Path, rows: int) -> Run:
    """Upload as a user does, follow to the end, and check that every row is accounted for."""
    key = f"input/{file.stem}-{int(time.time())}.csv"
    used_before, parts_before = cpu.used(target.pid), cpu.parts(shell)
    began = time.time()
    shell.run("aws", "s3", "cp", "--no-progress", str(file), f"s3://{target.mrap_arn}/{key}")
    row = follow(target.deployment, key, "", _LIMIT_SECONDS)
    used_after, parts_after = cpu.used(target.pid), cpu.parts(shell)
    counted = (int(row.get("rows_out") or 0), int(row.get("rows_rejected") or 0))
    if row["status"] != "COMPLETED" or sum(counted) != rows:
        raise WrongResult(f"{key} ended as {row['status']} with {counted} of {rows} rows")
    ended = _epoch(str(row["completed_at"]))
    return Run(
        rows=rows,
        seconds=ended - began,
        processing=ended - _epoch(str(row["started_at"])),
        used=used_after - used_before if used_after and used_before else None,
        parts={part: s - parts_before.get(part, 0.0) for part, s in parts_after.items()},
        calls=calls.between(target.state_dir / "ledger.jsonl", began, ended),
    )


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC).timestamp()
