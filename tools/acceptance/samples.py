"""The files that a run uploads by name: good rows, rejects, and one that is refused."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.drill.load import Upload
from tools.harness.shell import run_command

# More than two chunks of 500 records.
_GOOD_ROWS, _MIXED_ROWS = 1_100, 40
REFUSED_FOR = "header"


def make_good(folder: Path) -> Upload:
    """Every row is valid; quotes, commas, newlines and letters beyond ASCII are among them."""
    return _generate(folder, "all good.csv", _GOOD_ROWS, 0.0)


def make_mixed(folder: Path) -> Upload:
    """Every fifth row is invalid; the name is one as people's tools make them."""
    return _generate(folder, "a+b & ü (1).csv", _MIXED_ROWS, 0.2)


def make_refused(folder: Path) -> Upload:
    """A file with another header."""
    source = folder / "wrong header.csv"
    source.write_text("a,b,c\n1,2,3\n")
    return Upload(f"input/{source.name}", source)


def _generate(folder: Path, name: str, rows: int, bad: float) -> Upload:
    source = folder / name
    options = ["--rows", str(rows), "--seed", "77", "--bad", str(bad), "--out", str(source)]
    run_command([sys.executable, "assets/generate_testfile.py", *options], {}, quiet=True)
    return Upload(f"input/{name}", source)
