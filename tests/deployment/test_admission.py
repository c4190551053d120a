"""deployment/deployer/admission.py: how much a Region processes at once."""

from __future__ import annotations

import pytest

from deployment.deployer.admission import admission, admission_parameters
from tests.deployment.fakes import FakeAws, settings


@pytest.mark.parametrize(
    ("free", "chunks", "records"),
    [
        (1000, 40, 10),
        (500, 33, 10),
        (100, 6, 10),
        (50, 3, 10),
        (20, 3, 4),
        (10, 3, 2),
        (3, 2, 1),
        (1, 1, 1),
    ],
)
def test_the_width_follows_from_the_quota(free: int, chunks: int, records: int) -> None:
    width = admission(free, settings())
    assert (width.chunk_slots, width.record_concurrency) == (chunks, records)


@pytest.mark.parametrize("free", range(1, 1100))
def test_what_runs_at_once_leaves_a_third_of_the_quota_free(free: int) -> None:
    width = admission(free, settings())
    assert 1 <= width.functions <= max(1, free * 2 / 3)
    if free >= 5:
        assert width.chunk_slots >= 3


def test_what_is_set_counts() -> None:
    width = admission(10, settings(chunk_slots="5", record_concurrency="20"))
    assert (width.chunk_slots, width.record_concurrency) == (5, 20)
    assert admission(1000, settings(record_concurrency="1")).record_concurrency == 1


def test_both_regions_get_the_width_of_the_smaller_quota() -> None:
    free = iter([1000, 10])
    aws = FakeAws(
        **{
            "lambda": {
                "get_account_settings": lambda: {
                    "AccountLimit": {"UnreservedConcurrentExecutions": next(free)}
                }
            }
        }
    )
    assert admission_parameters(aws, settings()) == {"ChunkSlots": "3", "RecordConcurrency": "2"}
