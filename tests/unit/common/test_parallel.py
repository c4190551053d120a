"""Requests at the same time: in order, and never many more than can be under way."""

import threading
from collections.abc import Iterator

import pytest

from common.parallel import WORKERS, map_in_order


def test_results_come_in_the_order_of_the_items_whichever_is_ready_first() -> None:
    is_second_ready = threading.Event()

    def call(number: int) -> int:
        if number == 0:
            assert is_second_ready.wait(10)
        if number == 1:
            is_second_ready.set()
        return number

    assert list(map_in_order(call, range(100))) == list(range(100))


def test_as_many_calls_are_under_way_as_there_are_workers() -> None:
    all_have_begun = threading.Barrier(WORKERS)
    assert len(list(map_in_order(lambda _: all_have_begun.wait(10), range(WORKERS)))) == WORKERS


def test_few_items_are_taken_ahead_of_the_results() -> None:
    requested = 0

    def items() -> Iterator[int]:
        nonlocal requested
        for number in range(1000):
            requested += 1
            yield number

    for received, _ in enumerate(map_in_order(lambda number: number, items())):
        assert requested - received <= 2 * WORKERS


def test_a_worker_takes_a_batch_and_no_more_items_are_taken_ahead_for_that() -> None:
    threads: list[int] = []
    requested = 0

    def items() -> Iterator[int]:
        nonlocal requested
        for number in range(103):
            requested += 1
            yield number

    def call(number: int) -> int:
        threads.append(threading.get_ident())
        return number

    results: list[int] = []
    for result in map_in_order(call, items(), workers=1, ahead=20, batch=5):
        assert requested - len(results) <= 20
        results.append(result)
    assert results == list(range(103))
    assert len(set(threads)) == 1


def test_an_error_is_raised_and_nothing_new_begins() -> None:
    called: list[int] = []

    def call(number: int) -> None:
        called.append(number)
        if number == 3:
            raise ValueError("three")

    with pytest.raises(ValueError, match="three"):
        list(map_in_order(call, range(100_000)))
    assert len(called) < 1000


def test_whoever_stops_early_leaves_no_thread_behind() -> None:
    """In Lambda it would go on when the function is called again."""
    threads = set(threading.enumerate())
    results = map_in_order(str, range(100))
    assert next(results) == "0"
    del results
    assert set(threading.enumerate()) == threads
