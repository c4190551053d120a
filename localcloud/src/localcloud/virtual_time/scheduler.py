"""Threads of which one runs at a time, and a clock that moves when all of them wait.

The threads are the operating system's. Only the one that holds the baton runs; it gives the baton
to the next one, in the order in which they became ready, when it waits. When none is ready, time
moves to the earliest timer: so a program that waits for hours ends in seconds, and one that draws
its numbers from a seed runs the same way each time.

Threads that wait for the world outside (sockets, processes) are guests: they take the baton for
each operation on a lock. As long as there are any the scheduler is ``paced``, and its time real.
"""

from __future__ import annotations

import _thread
import heapq
import itertools
import math
import os
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable
from typing import Any

_real_lock = _thread.allocate_lock
_real_time, _real_sleep = time.time, time.sleep
_PACE_SECONDS = 0.002


class DeadlinePassed(BaseException):
    """What a task did has taken longer than its scope allows; raised once, where it waits."""


class TaskScope:
    """What the threads of one invocation share; threads that they start inherit it.

    ``deadline`` is by the scheduler's clock; ``dns``: host and port of the resolver.
    """

    def __init__(
        self,
        environ: dict[str, str],
        write: Callable[[str], Any],
        deadline: float = math.inf,
        dns: tuple[str, int] | None = None,
    ) -> None:
        self.environ = environ
        self.write = write
        self.deadline = deadline
        self.dns = dns


class Task:
    """A thread as the scheduler knows it."""

    def __init__(self, scope: TaskScope | None = None) -> None:
        self.gate = _real_lock()
        self.gate.acquire()
        self.scope = scope
        self.waits = 0  # counts the waits that have ended, so that their timers are void
        self.is_waiting = False
        self.is_woken = False
        self.is_overdue = False  # it was told that its deadline has passed


class Scheduler:
    """``now`` is in seconds, and so are all durations."""

    def __init__(self) -> None:
        self.is_paced = True
        self._now = 0.0
        self._mutex = _real_lock()
        self._ready: deque[Task] = deque()
        self._timers: list[tuple[float, int, Task, int]] = []
        self._numbers = itertools.count()
        self._holder: Task | None = None
        self._tasks: dict[int, Task] = {}  # by the thread's identifier

    # ---------------------------------------------------------------------------------------- time

    def now(self) -> float:
        """Seconds of the epoch, also for time.monotonic."""
        return _real_time() if self.is_paced else self._now

    def sleep(self, seconds: float) -> None:
        if self.current() is None:
            _real_sleep(seconds)
        else:
            self.block(self.now() + max(0.0, seconds))

    # ------------------------------------------------------------------------------------- threads

    def current(self) -> Task | None:
        """The task of this thread; None for a guest outside an operation."""
        return self._tasks.get(_thread.get_ident())

    def add(self, task: Task) -> None:
        """Let a new thread run in its turn; it calls ``begin`` first and ``end`` last."""
        with self._mutex:
            self._ready.append(task)

    def begin(self, task: Task) -> None:
        task.gate.acquire()
        self._tasks[_thread.get_ident()] = task

    def end(self) -> None:
        del self._tasks[_thread.get_ident()]
        self._pass_on()

    def enter(self) -> Task:
        """Take the baton as a guest; ``end`` gives it back."""
        task = Task()
        with self._mutex:
            must_wait = self._holder is not None
            if must_wait:
                self._ready.append(task)
            else:
                self._holder = task
        if must_wait:
            task.gate.acquire()
        self._tasks[_thread.get_ident()] = task
        return task

    # ------------------------------------------------------------------------------------- waiting

    def block(self, until: float | None) -> bool:
        """Wait for ``wake``, at most ``until``; whether it came. The current task calls it."""
        task = self._tasks[_thread.get_ident()]
        scope = None if task.is_overdue else task.scope
        if scope and scope.deadline < (math.inf if until is None else until):
            until = scope.deadline
        task.is_woken, task.is_waiting = False, True
        if until is not None:
            heapq.heappush(self._timers, (until, next(self._numbers), task, task.waits))
        self._pass_on()
        task.gate.acquire()
        if scope and not task.is_woken and self.now() >= scope.deadline:
            task.is_overdue = True
            raise DeadlinePassed
        return task.is_woken

    def check_deadline(self) -> None:
        """Raise DeadlinePassed if the current task's deadline has passed."""
        task = self._tasks[_thread.get_ident()]
        if task.scope and not task.is_overdue and self.now() >= task.scope.deadline:
            task.is_overdue = True
            raise DeadlinePassed

    def wake(self, task: Task) -> bool:
        """End the task's wait; False if its time was over before, though it has not run since."""
        if not task.is_waiting:
            return False
        task.is_woken = True
        self._make_ready(task)
        return True

    def _make_ready(self, task: Task) -> None:
        task.waits += 1
        task.is_waiting = False
        with self._mutex:
            self._ready.append(task)

    def _pass_on(self) -> None:
        if self.is_paced:
            self._fire_due()
        elif not self._ready:
            self._advance()
        with self._mutex:
            self._holder = following = self._ready.popleft() if self._ready else None
        if following:
            following.gate.release()

    def _advance(self) -> None:
        """Move the time to the earliest timer that is not void."""
        while self._timers:
            due, _, task, waits = heapq.heappop(self._timers)
            if task.waits == waits:
                self._now = max(self._now, due)
                self._make_ready(task)
                return
        self._die()

    def _fire_due(self) -> None:
        now = self.now()
        while self._timers and self._timers[0][0] <= now:
            _, _, task, waits = heapq.heappop(self._timers)
            if task.waits == waits:
                self._make_ready(task)

    def _die(self) -> None:
        """All threads wait, and nothing will ever wake one: say where, and end the process."""
        for ident, frame in sys._current_frames().items():
            if ident in self._tasks:
                sys.stderr.write("".join(["\n", *traceback.format_stack(frame)[-8:]]))
        sys.stderr.write("\nAll threads wait for one another.\n")
        sys.stderr.flush()
        os._exit(70)

    # ---------------------------------------------------------------------------------------- pace

    def start_pace(self) -> None:
        """Let real time drive the timers, until ``leave_real_time``."""
        _thread.start_new_thread(self._keep_pace, ())

    def _keep_pace(self) -> None:
        while self.is_paced:
            _real_sleep(_PACE_SECONDS)
            with self._mutex:
                is_idle = self._holder is None
                if is_idle:
                    self._holder = pacer = Task()
            if is_idle:
                self._tasks[_thread.get_ident()] = pacer
                self.end()

    def leave_real_time(self) -> None:
        """From now on time moves by itself. The calling thread becomes a task and goes on."""
        self.enter()
        self._now = _real_time()
        self.is_paced = False

    def return_to_real_time(self) -> None:
        """The calling thread, a task so far, becomes a guest, so that it may wait for others."""
        self.is_paced = True
        shift = _real_time() - self._now
        self._timers = [(due + shift, *rest) for due, *rest in self._timers]  # type: ignore[misc]
        self.start_pace()
        self.end()
