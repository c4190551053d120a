"""A few resilience runs, each with a failover and a failback; `make soak` runs many."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.system import System
from tests.resilience.__main__ import explain
from tests.resilience.generator import make_plan
from tests.resilience.runner import Runner

# Quick ones: late executions, a deleted input, cut-offs, DNS of either Region in trouble.
SEEDS = (13, 14, 15)


@pytest.fixture(scope="module")
def runner(system: System, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    runner = Runner(system, tmp_path_factory.mktemp("resilience"))
    with runner.prepared():
        yield runner


@pytest.mark.parametrize("seed", SEEDS)
def test_every_file_comes_out_once_whatever_fails(runner: Runner, seed: int) -> None:
    """D5: one completed row, one output served from both Regions, one mail; nothing else."""
    result = runner.run(make_plan(seed))
    assert not result.violations, explain(result)
