"""Threads that are reused: as many as there is work at once, and their cancelling from outside."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import SimpleQueue
from typing import Any

from localcloud.cpu import CpuMeter
from localcloud.stepfunctions.errors import Cancelled, CancelReason


class CancelScope:
    """A node in the tree of running branches; cancelling it cancels everything beneath it."""

    def __init__(self, parent: "CancelScope | None" = None) -> None:
        self._event: threading.Event | None = None
        self._reason: CancelReason | None = None
        self._parent = parent
        # Keys only: a set of objects has another order each time.
        self._callbacks: dict[Callable[[], None], None] = {}
        self._children: dict[CancelScope, None] = {}
        self._lock = threading.Lock()

    @property
    def cancelled(self) -> threading.Event:
        """Ends clock.sleep early. Few scopes are ever slept in."""
        with self._lock:
            if self._event is None:
                self._event = threading.Event()
            if self._reason:
                self._event.set()
            return self._event

    def child(self) -> "CancelScope":
        """A scope beneath this one; ``close`` it when its work has ended."""
        child = CancelScope(self)
        with self._lock:
            self._children[child] = None
            reason = self._reason
        if reason:
            child.cancel(reason)
        return child

    def close(self) -> None:
        if self._parent:
            with self._parent._lock:
                self._parent._children.pop(self, None)

    def cancel(self, reason: CancelReason) -> None:
        with self._lock:
            if self._reason:
                return
            self._reason = reason
            children, callbacks = list(self._children), list(self._callbacks)
        self.cancelled.set()
        for callback in callbacks:
            callback()
        for child in children:
            child.cancel(reason)

    def check(self) -> None:
        """Raise Cancelled if this scope was cancelled."""
        if self._reason:
            raise Cancelled(self._reason)

    def add_callback(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` when this scope is cancelled, at once if it is already."""
        with self._lock:
            self._callbacks[callback] = None
            is_cancelled = self._reason is not None
        if is_cancelled:
            callback()

    def remove_callback(self, callback: Callable[[], None]) -> None:
        with self._lock:
            self._callbacks.pop(callback, None)


log = logging.getLogger(__name__)

Work = Callable[[], None]
_MOST_IDLE = 32  # after a burst; each holds 200 KiB of stack


class ThreadPool:
    """A pool without an upper limit. Its threads are daemons: they never keep the process alive."""

    def __init__(self, cpu: CpuMeter) -> None:
        self._cpu = cpu
        self._idle: deque[SimpleQueue[Work]] = deque()

    def start(self, work: Work) -> None:
        try:
            queue = self._idle.pop()
        except IndexError:
            queue = SimpleQueue()
            threading.Thread(
                target=self._serve, args=(queue,), name="stepfunctions", daemon=True
            ).start()
        queue.put(work)

    def _serve(self, queue: SimpleQueue[Work]) -> None:
        while True:
            work = queue.get()
            try:
                with self._cpu.part("interpreter"):
                    work()
            except Exception:
                log.exception("work of a state machine failed inside the local cloud")
            del work
            if len(self._idle) >= _MOST_IDLE:
                return
            self._idle.append(queue)

    def run_all(self, works: list[Work]) -> None:
        """Run all at once and wait for all; the last one on the calling thread."""
        finished = threading.Semaphore(0)

        def run(work: Work) -> None:
            try:
                work()
            finally:
                finished.release()

        for work in works[:-1]:
            self.start(partial(run, work))
        for work in works[-1:]:
            work()
        for _ in works[:-1]:
            finished.acquire()

    def call(
        self, work: Callable[[], Any], seconds: float | None, cancel_scope: CancelScope
    ) -> Any:
        """Run ``work()`` on another thread. Raises TimeoutError after ``seconds``, or Cancelled."""
        # It runs on if it is abandoned, as on AWS.
        job = _Job(work)
        cancel_scope.add_callback(job.wake)
        self.start(job.run)
        try:
            in_time = job.awake.acquire(timeout=-1 if seconds is None else max(0.0, seconds))
        finally:
            cancel_scope.remove_callback(job.wake)
        if not job.is_finished:
            cancel_scope.check()
            if not in_time:
                raise TimeoutError
        if job.error is not None:
            raise job.error
        return job.result


class _Job:
    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work
        self.is_finished = False
        self.result: Any = None
        self.error: Exception | None = None
        self.awake = threading.Lock()
        self.awake.acquire()

    def run(self) -> None:
        try:
            self.result = self._work()
        except Exception as error:
            self.error = error
        self.is_finished = True
        self.wake()

    def wake(self) -> None:
        with suppress(RuntimeError):  # released already: finished and cancelled at the same moment
            self.awake.release()
