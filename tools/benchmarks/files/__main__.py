"""Runs splitter and merger on generated files of several sizes, and prints what they cost.

python -m tools.benchmarks.files --python .venv-bench/bin/python --rows 10000 1000000
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.benchmarks.files.contenders import CONTENDERS
from tools.benchmarks.files.generate import BLOCK_ROWS, make_file
from tools.benchmarks.files.table import Cost, table
from tools.harness.shell import ROOT

_ROWS = [10_000, 1_000_000, 10_000_000]
_OWN = ("splitter", "merger")
_MODULE = "tools.benchmarks.files.contenders"


def main() -> int:
    options = _options()
    folder = ROOT / ".build"
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        for rows in options.rows:
            file = make_file(rows, Path(temporary))
            costs = {name: _run(name, file, rows, options.python) for name in options.contenders}
            print(table(rows, file.stat().st_size, costs), flush=True)
            file.unlink()
    return 0


def _run(name: str, file: Path, rows: int, python: str) -> Cost:
    """Run a contender in a process of its own: the other ones' memory is not its own."""
    command = [sys.executable if name in _OWN else python, "-m", _MODULE]
    command += [name, str(file), str(rows)]
    printed = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)  # noqa: S603
    return Cost(**json.loads(printed.stdout))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tools.benchmarks.files",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--rows", type=_blocks, nargs="+", default=_ROWS, help=f"multiples of {BLOCK_ROWS:,}"
    )
    parser.add_argument("--contenders", nargs="+", choices=CONTENDERS, default=list(CONTENDERS))
    parser.add_argument("--python", default=sys.executable, help="has pandas and pyarrow")
    return parser.parse_args()


def _blocks(text: str) -> int:
    rows = int(text)
    if rows < BLOCK_ROWS or rows % BLOCK_ROWS:
        raise argparse.ArgumentTypeError(f"not a multiple of {BLOCK_ROWS:,}: {text}")
    return rows


if __name__ == "__main__":
    sys.exit(main())
