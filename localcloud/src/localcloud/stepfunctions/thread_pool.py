"""ThreadPool that are used again: as many as there is work at once, so that nesting cannot starve
itself.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any

from localcloud.cpu import CpuMeter
from localcloud.stepfunctions.cancel_scope import CancelScope

log = logging.getLogger(__name__)

Work = Callable[[], None]


class ThreadPool:
    """A pool without an upper limit. Its threads are daemons: they never keep the process alive."""

    def __init__(self, cpu: CpuMeter) -> None:
        self._cpu = cpu
        self._idle: deque[SimpleQueue[Work]] = deque()

    def start(self, work: Work) -> None:
        try:
            inbox = self._idle.pop()
        except IndexError:
            inbox = SimpleQueue()
            threading.Thread(
                target=self._serve, args=(inbox,), name="stepfunctions", daemon=True
            ).start()
        inbox.put(work)

    def _serve(self, inbox: SimpleQueue[Work]) -> None:
        while True:
            work = inbox.get()
            try:
                with self._cpu.part("interpreter"):
                    work()
            except Exception:
                log.exception("work of a state machine failed inside the local cloud")
            del work
            self._idle.append(inbox)

    def run_all(self, works: Iterable[Work]) -> None:
        """Run all at once and wait for all; the last one on the calling thread."""
        todo = list(works)
        finished = threading.Semaphore(0)

        def on_thread(work: Work) -> Work:
            def run() -> None:
                try:
                    work()
                finally:
                    finished.release()

            return run

        for work in todo[:-1]:
            self.start(on_thread(work))
        if todo:
            todo[-1]()
        for _ in todo[:-1]:
            finished.acquire()

    def call(
        self, work: Callable[[], Any], seconds: float | None, cancel_scope: CancelScope
    ) -> Any:
        """Run ``work()`` on another thread; it runs on if it is abandoned, as on AWS.

        Raises TimeoutError after ``seconds``, and Cancelled when ``cancel_scope`` is cancelled.
        """
        job = _Job(work)
        cancel_scope.add_callback(job.wake)
        self.start(job.run)
        try:
            in_time = job.done.acquire(timeout=-1 if seconds is None else max(0.0, seconds))
        finally:
            cancel_scope.remove_callback(job.wake)
        if not job.answered:
            cancel_scope.check()
            if not in_time:
                raise TimeoutError
        if job.error is not None:
            raise job.error
        return job.result


class _Job:
    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work
        self.answered = False
        self.result: Any = None
        self.error: Exception | None = None
        self.done = threading.Lock()
        self.done.acquire()

    def run(self) -> None:
        try:
            self.result = self._work()
        except Exception as error:
            self.error = error
        self.answered = True
        self.wake()

    def wake(self) -> None:
        with suppress(RuntimeError):  # released already: answered and cancelled at the same moment
            self.done.release()
