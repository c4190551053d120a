"""What an item of a Map costs, in CPU time, from 100 items to as many as are asked for.

cd localcloud && python -m tests.stepfunctions.benchmark [most children, by default 100,000]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from localcloud.clock import ScaledClock
from tests.stepfunctions.definitions import BUCKET
from tests.stepfunctions.environment import Environment
from tests.stepfunctions.items import express_call, inline_map, map_over_lines, result_writer

MOST_ITERATIONS = 100_000  # whose results are still within the state
MOST_CALLS = 100_000  # which take longer


def main(most_children: int) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        Environment(Path(folder), ScaledClock(0.0)) as env,
    ):
        env.client("s3").create_bucket(Bucket=BUCKET)

        def children(count: int) -> Any:
            return map_over_lines(env, count, ResultWriter=result_writer())

        express = express_call(env)

        def calling_children(count: int) -> Any:
            return map_over_lines(env, count, states=express, ResultWriter=result_writer())

        _print_costs("iterations of an inline Map", MOST_ITERATIONS, lambda n: inline_map(env, n))
        _print_costs("STANDARD children of a Distributed Map", most_children, children)
        title = "STANDARD children that wait for an Express execution"
        _print_costs(title, min(most_children, MOST_CALLS), calling_children)


def _print_costs(title: str, most: int, run: Callable[[int], Any]) -> None:
    print(title)
    run(100)  # imports, models and caches
    least = 0.0
    for count in _counts(most):
        start = time.process_time()
        result = run(count)
        micros = (time.process_time() - start) / count * 1e6
        status = result["status"] if isinstance(result, dict) else result.status
        least = least or micros
        print(
            f"{count:>10,} items  {micros:6.0f} µs CPU an item  {micros / least:5.2f} x  "
            f"{_resident_mb():5.0f} MB resident  {status}",
            flush=True,
        )


def _counts(most: int) -> Iterator[int]:
    count = 100
    while count < most:
        yield count
        count *= 10
    yield most


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
