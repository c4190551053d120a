"""S3's events come at least once, and in any order: between S3 and Lambda, as the plan wants it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from localcloud.testing import S3Event

from tests.resilience.plan import File

Version = tuple[str, str]  # key and version id


class EventDelivery:
    """Of one plan after another, phase by phase."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._after_runbook: list[S3Event] = []
        self._behind_another: dict[Version, S3Event] = {}
        self._delayed_keys: set[str] = set()
        self._file_of: Callable[[str], File | None] = lambda _: None
        self._active = ""  # the Region where events may come late; none once all are released

    def serve(self, file_of: Callable[[str], File | None]) -> None:
        """From now on, deliver the events of another plan's files."""
        with self._lock:
            self._file_of, self._delayed_keys = file_of, set()
            self._after_runbook, self._behind_another = [], {}

    def begin_phase(self, active: str) -> None:
        """Events may come late in the Region ``active``, until ``release``."""
        self._active = active

    def handle(self, event: S3Event) -> None:
        """Deliver it now, later or twice, and what waited for it."""
        file = self._file_of(event.key)
        if file is None:
            event.deliver()
            return
        if file.repeat == "after the runbook":
            with self._lock:
                self._after_runbook.append(event)
        if not self._is_delayed(event, file):
            times = 2 if file.repeat == "at once" else 1
            for item in [event] * times + self._waiting_for(event):
                item.deliver()

    def release(self) -> None:
        """Deliver all that is still kept, and from now on each event at once."""
        with self._lock:
            self._active = ""
            events = [*self._behind_another.values(), *self._after_runbook]
            self._after_runbook, self._behind_another = [], {}
        for event in events:
            event.deliver()

    def _is_delayed(self, event: S3Event, file: File) -> bool:
        """Whether it is the first event of a file whose event is to be late; it is kept then."""
        with self._lock:
            is_late_here = file.delay != "no" and event.region == self._active
            if not is_late_here or event.key in self._delayed_keys:
                return False
            self._delayed_keys.add(event.key)
            if file.delay == "after the runbook":
                self._after_runbook.append(event)
            else:
                self._behind_another[event.key, event.version_id] = event
            return True

    def _waiting_for(self, event: S3Event) -> list[S3Event]:
        """What waited for the event of another version than its own."""
        version = (event.key, event.version_id)
        with self._lock:
            waiting = [other for other in self._behind_another if other != version]
            return [self._behind_another.pop(other) for other in waiting]
