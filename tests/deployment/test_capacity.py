"""deployment/deployer/capacity: how long a file takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deployment.deployer.capacity import quotas
from deployment.deployer.capacity.model import (
    RUN_SECONDS,
    Account,
    Width,
    call_seconds,
    chunk_seconds,
    file_concurrency,
    file_slots,
    most_rows,
    predict,
)
from tests.templates.loading import state_machine
from tools.limits.sources import ORDINARY, width

MILLION = 1_000_000
WIDTH = Width(chunk_slots=66, chunk_concurrency=49, record_concurrency=10, chunk_records=250)


def test_a_million_rows_took_46_minutes_with_the_settings_of_november() -> None:
    """An outside review came to the same: ten chunks of ten records at once."""
    before = Width(chunk_slots=40, chunk_concurrency=10, record_concurrency=10, chunk_records=100)
    assert predict(MILLION, before).seconds / 60 == pytest.approx(46, abs=2)


def test_a_chunk_takes_its_records_in_turns() -> None:
    short, long = (replace(WIDTH, chunk_records=records) for records in (250, 251))
    assert chunk_seconds(long) - chunk_seconds(short) == pytest.approx(call_seconds(1))


def test_records_that_share_a_call_share_its_time() -> None:
    together = replace(WIDTH, records_per_call=25)
    assert chunk_seconds(together) < chunk_seconds(WIDTH) / 5
    assert predict(MILLION, together).seconds < 300


@pytest.mark.parametrize(
    ("account", "limit"),
    [
        (Account(), "chunks at the same time"),
        (Account(functions=100), quotas.INVOCATIONS.name),
        (Account(api_requests=100), quotas.API_REQUESTS.name),
        (Account(transitions=2), quotas.TRANSITIONS.name),
    ],
)
def test_the_lowest_rate_bounds_the_chunks(account: Account, limit: str) -> None:
    assert predict(MILLION, WIDTH, account).rate.limit == limit


def test_a_map_starts_no_more_children_than_aws_allows() -> None:
    wide = replace(WIDTH, chunk_slots=1000, chunk_concurrency=750, records_per_call=250)
    many = Account(functions=100_000, api_requests=1e6, transitions=1e6)
    prediction = predict(MILLION, replace(wide, chunk_records=50), many)
    assert prediction.rate.limit == quotas.CHILD_STARTS.name
    assert prediction.phases["process"] > MILLION / 50 / 100


@pytest.mark.parametrize("slots", range(1, 200))
def test_a_file_has_as_many_chunks_under_way_as_it_may_have_slots(slots: int) -> None:
    assert file_concurrency(slots) == max(file_slots(slots), min(4, slots))
    assert 1 <= file_slots(slots) <= slots


def test_more_width_and_fewer_rows_are_never_slower() -> None:
    seconds = [predict(MILLION, replace(WIDTH, chunk_concurrency=n)).seconds for n in range(1, 80)]
    assert seconds == sorted(seconds, reverse=True)
    by_rows = [predict(rows, WIDTH).seconds for rows in (1, 10_000, MILLION)]
    assert by_rows == sorted(by_rows)


def test_the_most_rows_of_a_time_are_the_last_that_it_suffices_for() -> None:
    rows = most_rows(3600, WIDTH)
    assert predict(rows, WIDTH).seconds <= 3600 < predict(rows + WIDTH.chunk_records, WIDTH).seconds


def test_the_model_knows_when_a_run_ends() -> None:
    assert state_machine("main-orchestrator")["TimeoutSeconds"] == RUN_SECONDS


def test_a_million_rows_take_less_than_five_minutes_even_if_chunks_are_twice_as_slow() -> None:
    """With the default settings, in an ordinary account."""
    default = width(ORDINARY)
    slow, usual = (predict(MILLION, default, Account(slowness=factor)) for factor in (2.0, 1.0))
    assert usual.seconds < slow.seconds < 300
