"""Work that is repeated every few seconds."""

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

log = logging.getLogger(__name__)


class Periodic:
    """Runs ``actions`` every ``seconds`` of real time, on a thread of its own, until it is closed.

    An action that fails is logged, and runs again next time. ``least_seconds`` holds for all of
    them: virtual time passes hours, in which nobody looks at what they do. ``around`` is entered
    around each action.
    """

    least_seconds = 0.0
    around: Callable[[], AbstractContextManager[object]] = nullcontext

    def __init__(self, name: str, seconds: float, *actions: Callable[[], None]) -> None:
        self._seconds = seconds
        self._actions = actions
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._closed.wait(max(self._seconds, self.least_seconds)):
            for action in self._actions:
                try:
                    with Periodic.around():
                        action()
                except Exception:
                    log.exception("%s failed inside the local cloud", self._thread.name)
