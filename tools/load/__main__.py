"""Deploys to a local cloud of its own, uploads a large file and many small ones at once, and waits.

Exit code 0 only if every file is COMPLETED with all of its rows.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3

from tools.benchmarks.calls import outcomes_between
from tools.harness.deployment import Deployment
from tools.harness.runs import read_runs
from tools.harness.shell import ROOT, CommandFailed, Shell, run_command
from tools.harness.watch import epoch

POLL_SECONDS = 2.0
FINAL = {"COMPLETED", "FAILED", "SUPERSEDED", "GIVEN_UP"}
SMALL, LARGE = "input/small-", "input/large"


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="load-") as folder:
        shell = Shell(
            {
                "LOCALCLOUD_STATE": f"{folder}/state",
                "LOCALCLOUD_ACCOUNT": options.account,
                "LOCALCLOUD_TIME_SCALE": options.time_scale,
            }
        )
        os.environ.update(shell.environment)  # boto3 here goes where the commands go
        try:
            shell.deploy()
            return _load(shell, options, Path(folder))
        except CommandFailed as error:
            print(f"\nThe load failed: {error}", file=sys.stderr)
            return 1
        finally:
            shell.run("make", "-s", "local-stop", quiet=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.load", description=__doc__)
    parser.add_argument("--files", type=int, default=100, help="small files, uploaded at once")
    parser.add_argument("--rows", type=int, default=20, help="of a small file")
    parser.add_argument("--large", type=int, default=10_000, help="rows of the large file; or 0")
    parser.add_argument("--account", default="new", help="kind of account: new or ordinary")
    parser.add_argument("--time-scale", default="0.1", help="of the local cloud")
    parser.add_argument("--limit", type=float, default=1800.0, help="seconds")
    return parser.parse_args()


def _load(shell: Shell, options: argparse.Namespace, folder: Path) -> int:
    deployment = Deployment.of(shell)
    rows = {f"{SMALL}{number}.csv": options.rows for number in range(options.files)}
    if options.large:
        rows = {f"{LARGE}.csv": options.large, **rows}
    start = time.time()
    _upload(deployment, rows, folder)
    runs = _wait(deployment, set(rows), options.limit)
    problems = [
        f"{key} is {runs[key]['status']} ({runs[key].get('error')}: {runs[key].get('reason')})"
        if key in runs
        else f"{key} was not begun"
        for key, count in rows.items()
        if key not in runs or _rows(runs[key]) != count
    ]
    calls = outcomes_between(folder / "state" / "ledger.jsonl", start, time.time())
    _report(runs, calls, start)
    for problem in problems[:20]:
        print(f"WRONG: {problem}", file=sys.stderr)
    return 1 if problems else 0


def _rows(run: dict[str, Any]) -> int:
    """How many rows came back; none unless the run is COMPLETED."""
    if run["status"] != "COMPLETED":
        return 0
    return int(run["rows_out"]) + int(run["rows_rejected"])


def _upload(deployment: Deployment, rows: dict[str, int], folder: Path) -> None:
    """Upload all files as nearly at once as this machine can, the large one first."""
    s3 = boto3.Session().client("s3", deployment.regions[0])
    sources = {count: _make_file(count, folder) for count in set(rows.values())}

    def put(item: tuple[str, int]) -> None:
        key, count = item
        s3.put_object(Bucket=deployment.bucket(deployment.regions[0]), Key=key, Body=sources[count])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, rows.items()))


def _make_file(rows: int, folder: Path) -> bytes:
    file = folder / f"{rows}.csv"
    script = str(ROOT / "assets" / "generate_testfile.py")
    command = [sys.executable, script, "--rows", str(rows), "--out", str(file)]
    run_command(command, dict(os.environ), quiet=True)
    return file.read_bytes()


def _wait(deployment: Deployment, keys: set[str], limit: float) -> dict[str, dict[str, Any]]:
    """Return the run of each key, once all have ended or time is up."""
    table = boto3.Session().resource("dynamodb", deployment.regions[0])
    deadline = time.monotonic() + limit
    while True:
        runs = {str(run["key"]): run for run in read_runs(table.Table(deployment.state_table))}
        ended = [key for key, run in runs.items() if key in keys and run["status"] in FINAL]
        statuses = Counter(str(run["status"]) for run in runs.values())
        print(f"    {time.strftime('%H:%M:%S')} {dict(statuses)}", flush=True)
        if len(ended) == len(keys) or time.monotonic() > deadline:
            return runs
        time.sleep(POLL_SECONDS * 5)


def _report(runs: dict[str, dict[str, Any]], calls: Counter[tuple[str, str]], start: float) -> None:
    print(f"\n{dict(Counter(str(run['status']) for run in runs.values()))}")
    for name, prefix in (("small", SMALL), ("large", LARGE)):
        ends = [
            epoch(str(run["completed_at"])) - start
            for key, run in runs.items()
            if key.startswith(prefix) and "completed_at" in run
        ]
        if ends:
            median = statistics.median(ends)
            print(f"{name}: {len(ends)} completed, median {median:.0f} s, last {max(ends):.0f} s")
    for (action, outcome), count in calls.most_common():
        if outcome != "ok" and count > 1:
            print(f"{count:6} {action} {outcome}")


if __name__ == "__main__":
    sys.exit(main())
