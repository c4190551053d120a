from __future__ import annotations

import threading
import time

from localcloud.cpu import CpuMeter


def _burn(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_a_parts_seconds_leave_out_those_of_the_part_inside_it() -> None:
    meter = CpuMeter()
    with meter.part("outer"):
        _burn(0.05)
        with meter.part("inner"):
            _burn(0.2)
    totals = meter.totals()
    assert 0.05 <= totals["outer"] < 0.2 <= totals["inner"]


def test_a_part_is_left_when_what_it_does_fails() -> None:
    meter = CpuMeter()
    try:
        with meter.part("fails"):
            raise ValueError
    except ValueError:
        before = meter.totals()["fails"]
    with meter.part("next"):
        _burn(0.05)
    assert meter.totals()["fails"] == before


def test_threads_add_up_and_waiting_counts_nothing() -> None:
    meter, released = CpuMeter(), threading.Event()

    def work() -> None:
        with meter.part("work"):
            _burn(0.05)
            released.wait(10)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    with meter.part("main"):
        _burn(0.1)
        released.set()
        for thread in threads:
            thread.join()
    assert meter.totals()["work"] >= 0.1
    assert meter.totals()["main"] >= 0.1
