"""Claims about when a call starts a sandbox, and when it takes one that has become free."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

from localcloud.lambda_.pool import Pool

NEVER = 600.0  # seconds


def warm_sandbox() -> Any:
    return SimpleNamespace(sandbox=SimpleNamespace(alive=True, started_at=float("inf")))


def pool_of(limit: int, **options: Any) -> Pool:
    return Pool(limit, lambda _: None, **options)


def test_a_call_waits_for_the_sandbox_of_another_one() -> None:
    pool, warm = pool_of(2, patience=NEVER), warm_sandbox()
    assert pool.acquire() is None  # it starts the first
    with ThreadPoolExecutor(1) as threads:
        second = threads.submit(pool.acquire)
        while not pool._waiters and not second.done():
            os.sched_yield()
        pool.release(warm)
        assert second.result() is warm


def test_a_call_that_has_waited_long_enough_starts_another_sandbox() -> None:
    pool = pool_of(2, patience=0.0)
    assert [pool.acquire(), pool.acquire()] == [None, None]


def test_no_call_starts_a_sandbox_beyond_the_limit() -> None:
    pool, warm = pool_of(1, patience=0.0), warm_sandbox()
    assert pool.acquire() is None
    with ThreadPoolExecutor(1) as threads:
        second = threads.submit(pool.acquire)
        pool.release(warm)
        assert second.result() is warm


def test_calls_start_as_many_sandboxes_at_once_as_they_may() -> None:
    pool = pool_of(3, at_once=2, patience=NEVER)
    assert [pool.acquire(), pool.acquire()] == [None, None]


def test_who_waits_starts_a_sandbox_in_place_of_one_that_ended() -> None:
    pool = pool_of(1, patience=NEVER)
    assert pool.acquire() is None
    with ThreadPoolExecutor(1) as threads:
        second = threads.submit(pool.acquire)
        pool.release(None)
        assert second.result() is None
