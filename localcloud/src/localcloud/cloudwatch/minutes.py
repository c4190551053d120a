"""The minutes of AWS time, at whose end services publish metrics and alarms are evaluated."""

import logging
import math
import threading
from collections.abc import Callable
from typing import NamedTuple

from localcloud.clock import Clock
from localcloud.cloudwatch.datapoints import Datapoints

log = logging.getLogger(__name__)

_SHORTEST_WAIT_SECONDS = 0.05
_LONGEST_DELAY_MINUTES = 100  # older minutes are dropped after a long pause of this machine


class Minute(NamedTuple):
    """A minute that is over, in real epoch seconds."""

    start: float
    end: float

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2


class Minutes:
    """Calls ``actions`` for each minute, one after the other; a late call makes up for all."""

    def __init__(self, clock: Clock, datapoints: Datapoints) -> None:
        self.actions: list[Callable[[Minute], None]] = []
        self._clock = clock
        self._datapoints = datapoints
        self._lock = threading.Lock()
        self._latest = clock.now()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cloudwatch-minutes", daemon=True)
        self._thread.start()

    def run_due(self) -> None:
        """Run the actions for every minute that has ended since they were last run."""
        with self._lock:
            length = self._datapoints.minute
            latest = math.floor(self._clock.now() / length) * length
            missed = min(math.ceil((latest - self._latest) / length), _LONGEST_DELAY_MINUTES)
            for number in reversed(range(missed)):
                end = latest - number * length
                self._perform(Minute(end - length, end))
            self._latest = max(latest, self._latest)

    def close(self) -> None:
        self._closed.set()
        self._thread.join(timeout=5)

    def _perform(self, minute: Minute) -> None:
        for action in self.actions:
            try:
                action(minute)
            except Exception:
                log.exception("the work of a minute failed inside the local cloud")

    def _run(self) -> None:
        wait = 0.0
        while not self._closed.wait(max(wait, _SHORTEST_WAIT_SECONDS)):
            self.run_due()
            length = self._datapoints.minute
            wait = length - self._clock.now() % length
