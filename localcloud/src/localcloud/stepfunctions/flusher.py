"""Log events and metrics leave in batches: about once a second, before somebody reads them, and at
the end.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from localcloud.gateway.gateway import Gateway, Handler
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call

log = logging.getLogger(__name__)

_SECONDS = 1.0  # of real time


class Flusher:
    def __init__(
        self, gateway: Gateway, logs: Callable[[], None], metrics: Callable[[], None]
    ) -> None:
        self._flushes = (logs, metrics)
        self._ended = threading.Event()
        gateway.register("logs", _before_answering(logs))
        gateway.register("cloudwatch", _before_answering(metrics))
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


def _before_answering(flush: Callable[[], None]) -> Handler:
    """A handler that leaves the answer to others."""

    def handle(call: Call) -> Response | None:
        if not call.name.startswith(("Put", "Create")):
            flush()
        return None

    return handle
