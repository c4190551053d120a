"""Makes files of millions of rows in seconds: a generated block, again and again."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tools.harness.shell import ROOT, run_command

BLOCK_ROWS = 10_000


def make_file(rows: int, folder: Path) -> Path:
    """Return a file of so many rows, a multiple of BLOCK_ROWS; all are good, as pandas wants it."""
    block, file = folder / "block.csv", folder / f"{rows}.csv"
    script = str(ROOT / "assets" / "generate_testfile.py")
    command = [sys.executable, script, "--rows", str(BLOCK_ROWS), "--bad", "0", "--out", str(block)]
    run_command(command, dict(os.environ), quiet=True)
    header, _, body = block.read_bytes().partition(b"\n")
    with file.open("wb") as target:
        target.write(header + b"\n")
        for _ in range(rows // BLOCK_ROWS):
            target.write(body)
    return file
