"""Writes gathered logs and metrics now and then, and at once before somebody reads them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from localcloud.gateway.gateway import Gateway
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call

log = logging.getLogger(__name__)

_SECONDS = 2.0
_WRITES = frozenset({"PutLogEvents", "CreateLogGroup", "CreateLogStream", "PutMetricData"})


class Flusher:
    """``logs`` and ``metrics`` are the two ways to flush; ``sweep`` is done along with them."""

    def __init__(
        self,
        gateway: Gateway,
        logs: Callable[[], None],
        metrics: Callable[[], None],
        sweep: Callable[[], None],
    ) -> None:
        self._actions = (logs, metrics, sweep)
        self._closed = threading.Event()
        gateway.register("logs", lambda call: self._before(call, logs))
        gateway.register("cloudwatch", lambda call: self._before(call, metrics))
        self._thread = threading.Thread(target=self._run, name="lambda-flusher", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        self._thread.join(timeout=5)

    @staticmethod
    def _before(call: Call, flush: Callable[[], None]) -> Response | None:
        """A handler that answers nothing itself."""
        if call.name not in _WRITES:
            flush()
        return None

    def _run(self) -> None:
        while not self._closed.wait(_SECONDS):
            for action in self._actions:
                try:
                    action()
                except Exception:
                    log.exception("flushing failed inside the local cloud")
