"""Sums of billable units since the start, and as they were when a span began and ended."""

from __future__ import annotations

import threading
import time
from array import array
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, NamedTuple

_SPANS = 200  # the latest; each keeps two numbers for each line of the sums
_SECONDS_OF_AN_HOUR = 3600


class Line(NamedTuple):
    """What one sum is of: ``resource`` is a name, such as a function's or an API action's."""

    unit: str
    region: str
    resource: str


class _Reading(NamedTuple):
    time: float
    totals: array[float]


@dataclass
class Span:
    """Sums at the begin and at the end of something, such as an execution; None: not over."""

    name: str
    begin: _Reading
    end: _Reading | None = None


class Usage:
    """Counts from any thread. Memory grows with the number of lines, not with what is counted."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._started = now()
        self._lock = threading.Lock()
        self._numbers: dict[Line, int] = {}
        self._totals: array[float] = array("d")
        self._spans: dict[str, Span] = {}
        self._hour = 0
        self._in_this_hour: set[Hashable] = set()

    def add(self, unit: str, region: str, resource: str, amount: float = 1.0) -> None:
        line = Line(unit, region, resource)
        with self._lock:
            number = self._numbers.get(line)
            if number is None:
                self._numbers[line] = len(self._totals)
                self._totals.append(amount)
            else:
                self._totals[number] += amount

    def add_once_an_hour(self, key: Hashable, unit: str, region: str, resource: str) -> None:
        """Count 1 at the first call with this key in each hour."""
        hour = int(self._now() / _SECONDS_OF_AN_HOUR)
        with self._lock:
            if hour != self._hour:
                self._hour, self._in_this_hour = hour, set()
            if key in self._in_this_hour:
                return
            self._in_this_hour.add(key)
        self.add(unit, region, resource)

    def begin(self, name: str) -> None:
        """Begin a span. One that has ended goes on, as an execution does that is redriven."""
        with self._lock:
            if name in self._spans:
                self._spans[name].end = None
                return
            self._spans[name] = Span(name, self._reading())
            if len(self._spans) > _SPANS:
                del self._spans[next(iter(self._spans))]

    def end(self, name: str) -> None:
        """End a span; one that is not known any more is left alone."""
        with self._lock:
            if span := self._spans.get(name):
                span.end = self._reading()

    def report(self) -> dict[str, Any]:
        """As JSON. Lists of totals are in the order of ``lines``, without the newest ones."""
        with self._lock:
            now = self._reading()
            spans = [_as_json(span) for span in self._spans.values()]
            lines = [list(line) for line in self._numbers]
        return {
            "started": self._started,
            "now": now.time,
            "lines": lines,
            "totals": now.totals.tolist(),
            "spans": spans,
        }

    def _reading(self) -> _Reading:
        return _Reading(self._now(), self._totals[:])


def _as_json(span: Span) -> dict[str, Any]:
    return {
        "name": span.name,
        "begin": span.begin.time,
        "totals_at_begin": span.begin.totals.tolist(),
        "end": span.end and span.end.time,
        "totals_at_end": span.end and span.end.totals.tolist(),
    }
