"""Deploys if nothing is deployed, runs files of several sizes, and prints a table.

python -m tools.benchmarks                     # 2,000 and 10,000 rows
python -m tools.benchmarks --rows 500
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tools.benchmarks import baseline, report, throughput
from tools.harness.shell import CommandFailed, Shell
from tools.harness.watch import TookTooLong

_ROWS = [2_000, 10_000]
_WARM_UP_ROWS = 100


def main() -> int:
    options = _options()
    try:
        shell = Shell.local()
        os.environ.update(shell.environment)  # boto3 here goes where the commands go
        target = throughput.prepare(shell)
        with tempfile.TemporaryDirectory() as folder:
            files = {rows: throughput.make_file(rows, Path(folder)) for rows in options.rows}
            warm_up = throughput.make_file(_WARM_UP_ROWS, Path(folder))
            first = throughput.run(shell, target, warm_up, _WARM_UP_ROWS)
            runs = [throughput.run(shell, target, files[rows], rows) for rows in options.rows]
            plain = [baseline.records_per_cpu_second(files[rows]) for rows in options.rows]
    except (CommandFailed, TookTooLong, throughput.WrongResult) as error:
        print(f"\nThe benchmark failed: {error}", file=sys.stderr)
        return 1
    print(report.table(first, runs, plain))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tools.benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rows", type=int, nargs="+", default=_ROWS, help="default: %(default)s")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
