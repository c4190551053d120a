"""Delay queues deliver later, in order, and not while paused."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from localcloud.delay_queue import Channel, DelayQueue
from tests.manual_clock import ManualClock

HOUR = 3600.0
CHANNEL = Channel("bucket", "us-east-1", "us-west-2")
BACK = Channel("bucket", "us-west-2", "us-east-1")

Start = Callable[..., DelayQueue[int]]


class RealClock(ManualClock):
    def real_seconds(self, seconds: float) -> float:
        return seconds


@pytest.fixture
def arrived() -> list[tuple[Channel, int]]:
    return []


@pytest.fixture
def start(arrived: list[tuple[Channel, int]]) -> Iterator[Start]:
    started = []

    def deliver(channel: Channel, item: int) -> None:
        if item < 0:
            raise ValueError(item)
        arrived.append((channel, item))

    def make(lag: float = 0.0) -> DelayQueue[int]:
        started.append(DelayQueue(RealClock(), lag, deliver, "test"))
        return started[-1]

    yield make
    for queue in started:
        queue.close()


def test_nothing_arrives_before_its_time(start: Start, arrived: list[tuple[Channel, int]]) -> None:
    queue = start(lag=HOUR)
    queue.put(CHANNEL, 1)
    assert not queue.settled(timeout=0)
    assert (arrived, queue.pending()) == ([], 1)


def test_a_shorter_lag_holds_for_items_that_wait(
    start: Start, arrived: list[tuple[Channel, int]]
) -> None:
    queue = start(lag=HOUR)
    queue.put(CHANNEL, 1)
    queue.set_lag(0)
    assert queue.settled()
    assert arrived == [(CHANNEL, 1)]


def test_a_channel_keeps_its_order(start: Start, arrived: list[tuple[Channel, int]]) -> None:
    queue = start()
    for item in range(100):
        queue.put(CHANNEL, item)
    assert queue.settled()
    assert [item for _, item in arrived] == list(range(100))


@pytest.mark.parametrize(
    "pause",
    [("bucket", "us-east-1"), (None, None, "us-west-2"), CHANNEL],
)
def test_a_pause_stops_the_lanes_that_it_covers_and_no_other(
    start: Start, arrived: list[tuple[Channel, int]], pause: tuple[str | None, ...]
) -> None:
    queue = start()
    queue.pause(*pause)
    queue.put(CHANNEL, 1)
    queue.put(BACK, 2)
    assert queue.settled()
    assert arrived == [(BACK, 2)]
    queue.resume(*pause)
    assert queue.settled()
    assert arrived == [(BACK, 2), (CHANNEL, 1)]


def test_two_pauses_need_two_resumes(start: Start, arrived: list[tuple[Channel, int]]) -> None:
    queue = start()
    for _ in range(2):
        queue.pause("bucket")
    queue.put(CHANNEL, 1)
    queue.resume("bucket")
    assert queue.settled()
    assert arrived == []
    queue.resume("bucket")
    assert queue.settled()
    assert arrived == [(CHANNEL, 1)]


def test_one_failure_does_not_stop_the_rest(
    start: Start, arrived: list[tuple[Channel, int]], caplog: pytest.LogCaptureFixture
) -> None:
    queue = start()
    for item in (-1, 2):
        queue.put(CHANNEL, item)
    assert queue.settled()
    assert arrived == [(CHANNEL, 2)]
    assert "delivery failed" in caplog.text


def test_closing_ends_the_thread_though_items_wait(start: Start) -> None:
    queue = start(lag=HOUR)
    queue.put(CHANNEL, 1)
    queue.close()
    assert not queue._thread.is_alive()
