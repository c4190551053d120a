"""Lock and Thread on top of the scheduler; all others of the standard library are made of these."""

from __future__ import annotations

import _thread
import re
import threading
from collections import deque
from typing import Any

from localcloud.virtual_time.scheduler import Scheduler, Task

# These threads wait for sockets. Everything that they call is in memory.
_GUESTS = re.compile(r"proxy|control|dns|.*process_request_thread.*")

scheduler = Scheduler()


class Lock:
    """Of threading.Lock; who waits for it gets it in turn."""

    def __init__(self) -> None:
        self._is_locked = False
        self._waiters: deque[Task] = deque()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        current = scheduler.current()
        task = current or scheduler.enter()
        try:
            if not self._is_locked:
                self._is_locked = True
                return True
            return blocking and self._wait(task, timeout)
        finally:
            if current is None:
                scheduler.end()

    def _wait(self, task: Task, timeout: float) -> bool:
        self._waiters.append(task)
        is_mine = False
        try:
            is_mine = scheduler.block(None if timeout < 0 else scheduler.now() + timeout)
        finally:
            if not is_mine and task in self._waiters:
                self._waiters.remove(task)
        return is_mine

    def release(self) -> None:
        current = scheduler.current()
        if current is None:
            scheduler.enter()
        try:
            if not self._is_locked:
                raise RuntimeError("release unlocked lock")
            while self._waiters:
                if scheduler.wake(self._waiters.popleft()):
                    return  # it is that one's now
            self._is_locked = False
        finally:
            if current is None:
                scheduler.end()

    def locked(self) -> bool:
        return self._is_locked

    def _at_fork_reinit(self) -> None:
        self.__init__()  # type: ignore[misc]  # as threading's does

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


_start, _join, _is_alive, _bootstrap_inner = (
    threading.Thread.start,
    threading.Thread.join,
    threading.Thread.is_alive,
    threading.Thread._bootstrap_inner,  # type: ignore[attr-defined]  # what a new thread runs
)


def start(thread: Any) -> None:
    """Of threading.Thread; but the new thread does not run before the caller waits.

    So a pool's new thread and its idle one come to their work in the same order.
    """
    if _GUESTS.fullmatch(thread.name):
        _start(thread)
        return
    current = scheduler.current()
    thread.virtual_task = Task(current.scope if current else None)
    thread.virtual_end = threading.Event()
    with threading._active_limbo_lock:  # type: ignore[attr-defined]  # as threading's does
        threading._limbo[thread] = thread  # type: ignore[attr-defined]  # the same
    scheduler.add(thread.virtual_task)
    _thread.start_new_thread(thread._bootstrap, ())
    thread._started.set()


def join(thread: Any, timeout: float | None = None) -> None:
    """Of threading.Thread."""
    if hasattr(thread, "virtual_end") and not thread.virtual_end.wait(timeout):
        return
    _join(thread, timeout)


def is_alive(thread: Any) -> bool:
    """Of threading.Thread."""
    is_virtual = hasattr(thread, "virtual_end")
    return not thread.virtual_end.is_set() if is_virtual else _is_alive(thread)


def bootstrap_inner(thread: Any) -> None:
    """Of threading.Thread."""
    task = getattr(thread, "virtual_task", None)
    if task is None:
        _bootstrap_inner(thread)
        return
    scheduler.begin(task)
    try:
        _bootstrap_inner(thread)
    finally:
        thread.virtual_end.set()
        scheduler.end()
