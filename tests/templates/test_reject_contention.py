"""A file whose rows are all rejected ends, however many of its chunks are processed at once."""

from __future__ import annotations

import pytest

from deployment.deployer.capacity.model import file_slots
from deployment.deployer.capacity.quotas import PARTITION_WRITES, TABLE_WRITES
from tests.templates.reject_contention import Rejection


@pytest.mark.parametrize("records", [250, 500])
@pytest.mark.parametrize("slots", [3, 66, 200])
def test_a_file_whose_rows_are_all_rejected_uses_the_writes_of_a_new_table(
    slots: int, records: int
) -> None:
    """Its chunks write to all partitions, since each has a partition key of its own."""
    at_once = file_slots(slots)
    rejection = Rejection(3 * at_once, at_once, records, TABLE_WRITES.value)
    unthrottled = at_once * records
    assert rejection.rows_per_second() > min(unthrottled / 4, TABLE_WRITES.value / 2)
    assert not rejection.timeouts


def test_with_one_partition_key_chunks_would_disturb_one_another() -> None:
    """Why the key has the chunk: of what the partition takes, less than a half would be of use."""
    at_once = file_slots(200)
    rejection = Rejection(2 * at_once, at_once, 250, PARTITION_WRITES.value)
    assert rejection.rows_per_second() < PARTITION_WRITES.value / 2
