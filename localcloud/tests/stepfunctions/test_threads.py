"""The threads of executions."""

from __future__ import annotations

import threading
from queue import SimpleQueue

from localcloud.cpu import CpuMeter
from localcloud.stepfunctions import threads
from localcloud.stepfunctions.threads import ThreadPool


def test_a_thread_that_many_idle_ones_make_useless_ends() -> None:
    pool, go = ThreadPool(CpuMeter()), threading.Event()
    running: SimpleQueue[threading.Thread] = SimpleQueue()

    def work() -> None:
        running.put(threading.current_thread())
        go.wait()

    pool.start(work)
    thread = running.get()
    pool._idle.extend(SimpleQueue() for _ in range(threads._MOST_IDLE))
    go.set()
    thread.join(timeout=10)
    assert not thread.is_alive()
