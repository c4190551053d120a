"""A few resilience runs, each with a failover and a failback; ``make soak`` runs many."""

from __future__ import annotations

import subprocess
import sys

from tools.harness.shell import ROOT

# A late execution with the residual, cut-offs, DNS in trouble in either Region.
FIRST, SEEDS = 14, 2


def test_every_file_comes_out_once_whatever_fails_and_the_same_way_each_time() -> None:
    """D5: one completed row, one output served from both Regions, one mail; nothing else."""
    command = [sys.executable, "-m", "tests.resilience", f"--first={FIRST}", f"--seeds={SEEDS}"]
    result = subprocess.run(  # noqa: S603 - this repository's program; virtual time needs a process
        [*command, "--times=2"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
