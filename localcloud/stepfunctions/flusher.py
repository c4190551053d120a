"""Log events and metrics leave in batches: one thread, about once a second, and at the end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)

_SECONDS = 1.0  # of real time


class Flusher:
    def __init__(self, *flushes: Callable[[], None]) -> None:
        self._flushes = flushes
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="stepfunctions-flusher", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        self.flush()

    def flush(self) -> None:
        for flush in self._flushes:
            try:
                flush()
            except Exception:
                log.exception("logs or metrics of state machines could not be delivered")

    def _run(self) -> None:
        while not self._ended.wait(_SECONDS):
            self.flush()
