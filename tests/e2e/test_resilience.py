"""A few seeds of the proof, each with a failover and a failback; `make soak` plays many."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.system import System
from tests.resilience.__main__ import explain
from tests.resilience.generator import make_plan
from tests.resilience.run import Proof

# Quick ones: the fence, a cut-off, outages over either flip, overtaken events, ARC in trouble.
SEEDS = (20, 57, 61)


@pytest.fixture(scope="module")
def proof(system: System, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proof]:
    proof = Proof(system, tmp_path_factory.mktemp("proof"))
    with proof.quick():
        yield proof


@pytest.mark.parametrize("seed", SEEDS)
def test_every_file_comes_out_once_whatever_fails(proof: Proof, seed: int) -> None:
    """D5: one completed row, one output served from both Regions, one mail; nothing else."""
    verdict = proof.play(make_plan(seed))
    assert not verdict.complaints, explain(verdict)
