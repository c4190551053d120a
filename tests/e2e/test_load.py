"""Many files at once and a large one in a new account; ``make load`` takes other numbers."""

from __future__ import annotations

import subprocess
import sys

from tools.harness.shell import ROOT


def test_many_files_at_once_are_all_completed_in_an_account_of_ten_functions() -> None:
    command = [sys.executable, "-m", "tests.load", "--files=100", "--rows=3", "--large=400"]
    result = subprocess.run(  # noqa: S603 - this repository's program; virtual time needs a process
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
