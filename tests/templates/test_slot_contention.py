"""The default of CHUNK_CONCURRENCY, by a simulation: how it uses slots, and what waits cost."""

from __future__ import annotations

import pytest

from deployment.deployer.capacity.model import (
    Width,
    chunk_seconds,
    file_concurrency,
    file_slots,
)
from tests.templates.slot_contention import REQUEST, START, File, Region

SECONDS = 5.0  # of a chunk in its slot
CHUNKS = 2000


def simulate(slots: int, *files: File) -> tuple[float, float]:
    """Return the time, as a multiple of that of slots without a gap, and the waits a chunk."""
    region = Region(slots, SECONDS, *files)
    chunks = sum(file.chunks for file in files)
    usable = file_slots(slots) if len(files) == 1 else slots
    return region.run() / (chunks * SECONDS / usable), region.waits / chunks


@pytest.mark.parametrize("slots", [8, 33, 66, 149])
def test_a_file_that_is_alone_uses_the_slots_that_it_may_take(slots: int) -> None:
    time, waits = simulate(slots, File(CHUNKS, file_concurrency(slots)))
    assert time < 1.2
    assert waits < 0.02


def test_a_file_with_more_chunks_under_way_is_hardly_faster_and_pays_for_looks() -> None:
    slots = 66
    time, waits = simulate(slots, File(CHUNKS, file_concurrency(slots)))
    more_time, more_waits = simulate(slots, File(CHUNKS, file_concurrency(slots) * 5 // 4))
    assert time - more_time < 0.06
    assert more_waits > waits + 0.03


@pytest.mark.parametrize(("count", "most_waits"), [(2, 0.5), (5, 1), (20, 5)])
def test_many_large_files_use_the_slots_of_the_region(count: int, most_waits: float) -> None:
    """A wait is three transitions, so a Region full of large files must not wait too often."""
    slots = 66
    files = [File(CHUNKS // count, file_concurrency(slots)) for _ in range(count)]
    time, waits = simulate(slots, *files)
    assert time < 1.5
    assert waits < most_waits


@pytest.mark.parametrize("records_per_call", [1, 10])
def test_the_model_and_the_simulation_agree_on_a_large_file(records_per_call: int) -> None:
    concurrency = file_concurrency(66)
    width = Width(66, concurrency, 10, 250, records_per_call)
    seconds = chunk_seconds(width)
    region = Region(66, seconds - START - 2 * REQUEST, File(CHUNKS, concurrency))
    assert region.run() == pytest.approx(CHUNKS / concurrency * seconds, rel=0.15)
