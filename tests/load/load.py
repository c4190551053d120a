"""Uploads many small files at once and a large one, waits until all is at rest, and reports.

Fails unless every file is COMPLETED with all of its rows, no small one after the large one, and few
calls were throttled.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import localcloud.virtual_time as virtual_time

from tests.e2e.files import known_uuids, row, text
from tests.e2e.system import System, deployed
from tools.harness.runs import rows_of
from tools.harness.shell import CommandFailed
from tools.harness.watch import epoch

DEPLOY_SCALE = 0.01  # deploying takes real time
REST_SECONDS = 48 * 3600.0
MOST_THROTTLED = 0.1  # of the calls of functions: with slots for chunks it is a thirtieth
SMALL, LARGE = "input/small-", "input/large"


def main() -> int:
    options = _options()
    os.environ["CHUNK_SLOTS"] = ""  # derived from the account's quota, as on AWS
    with tempfile.TemporaryDirectory() as folder:
        try:
            with deployed(
                Path(folder) / "state",
                DEPLOY_SCALE,
                lambda cloud: cloud.functions.run_in_process(),
                options.account,
            ) as system:
                virtual_time.leave_real_time()
                system.cloud.time_scale, system.cloud.look_seconds = 1.0, 1.0
                try:
                    return _load(system, options)
                finally:
                    virtual_time.return_to_real_time()
        except CommandFailed as error:
            print(f"\nThe load could not begin: {error}", file=sys.stderr)
            return 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make load", description=__doc__)
    parser.add_argument("--files", type=int, default=100, help="small files")
    parser.add_argument("--rows", type=int, default=10, help="of a small file")
    parser.add_argument("--large", type=int, default=10_000, help="rows of the large file")
    parser.add_argument("--account", default="new", help="new: 10 functions at once; ordinary")
    return parser.parse_args()


def _load(system: System, options: argparse.Namespace) -> int:
    rows = {f"{LARGE}.csv": options.large} if options.large else {}
    rows |= {f"{SMALL}{number}.csv": options.rows for number in range(options.files)}
    start = time.time()
    _upload(system, rows)
    is_at_rest = system.cloud.settle(REST_SECONDS)
    region = system.deployment.regions[0]
    items = system.cloud.table_items(system.deployment.state_table, region)
    runs = {run["key"]: run for run in rows_of(items)}
    _report(runs, start)
    problems = [*_problems(runs, rows), *_order(runs), *_throttling(system)]
    if not is_at_rest:
        problems.append(f"not at rest: {system.cloud.activity()}")
    for problem in problems[:20]:
        print(f"WRONG: {problem}", file=sys.stderr)
    return 1 if problems else 0


def _upload(system: System, rows: dict[str, int]) -> None:
    region = system.deployment.regions[0]
    s3, uuids = system.cloud.client("s3", region), known_uuids(50)
    for key, count in rows.items():
        body = text([row(uuids[number % len(uuids)]) for number in range(count)]).encode()
        s3.put_object(Bucket=system.deployment.bucket(region), Key=key, Body=body)


def _problems(runs: dict[str, dict[str, Any]], rows: dict[str, int]) -> Iterator[str]:
    for key, count in rows.items():
        run = runs.get(key)
        if run is None:
            yield f"{key} was not begun"
        elif run["status"] != "COMPLETED":
            yield f"{key} is {run['status']}: {run.get('error')}: {run.get('reason')}"
        elif int(run["rows_out"]) != count:
            yield f"{key} has {run['rows_out']} of {count} rows"


def _order(runs: dict[str, dict[str, Any]]) -> Iterator[str]:
    """A small file, which came later, does not wait for the large one."""
    large = str(runs.get(f"{LARGE}.csv", {}).get("completed_at", "~"))
    late = [key for key, run in runs.items() if str(run.get("completed_at", "")) > large]
    if late:
        yield f"{len(late)} small files were completed after the large one, such as {late[0]}"


def _throttling(system: System) -> Iterator[str]:
    """Print how often Lambda throttled: of what is admitted, it is little."""
    outcomes = system.cloud.calls.outcomes()
    throttled = outcomes["lambda:Invoke", "TooManyRequestsException"]
    calls = sum(count for (action, _), count in outcomes.items() if action == "lambda:Invoke")
    print(f"throttled calls of functions: {throttled} of {calls}", flush=True)
    if throttled > MOST_THROTTLED * calls:
        yield f"{throttled} of {calls} calls of functions were throttled"


def _report(runs: dict[str, dict[str, Any]], start: float) -> None:
    """Print how the runs ended and when, in AWS seconds."""
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
