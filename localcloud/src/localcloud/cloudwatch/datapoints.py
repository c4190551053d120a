"""The recent values of metrics by the minute, as alarms look at them."""

import math
import threading
from bisect import bisect_left, insort
from dataclasses import dataclass
from typing import Self

from localcloud.clock import Clock
from localcloud.cloudwatch.metrics import Metric

MINUTE = 60.0  # AWS seconds
_KEPT_MINUTES = 8 * 24 * 60  # an alarm looks back a week at most


@dataclass(slots=True)
class Summary:
    """The values of a minute or a period."""

    minimum: float = math.inf
    maximum: float = -math.inf
    total: float = 0.0
    count: float = 0.0

    def add(self, other: Self) -> None:
        self.minimum = min(self.minimum, other.minimum)
        self.maximum = max(self.maximum, other.maximum)
        self.total += other.total
        self.count += other.count

    def add_value(self, value: float) -> None:
        self.minimum = min(self.minimum, value)
        self.maximum = max(self.maximum, value)
        self.total += value
        self.count += 1.0

    def statistic(self, name: str) -> float:
        return {
            "Sum": self.total,
            "Average": self.total / self.count,
            "Minimum": self.minimum,
            "Maximum": self.maximum,
            "SampleCount": self.count,
        }[name]


@dataclass(slots=True)
class _Minute:
    start: float
    unit: str
    summary: Summary


class Datapoints:
    """Values by metric and minute; the clock says how long a minute of AWS time lasts here."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._minutes: dict[Metric, list[_Minute]] = {}  # by _key
        self._by_metric: dict[Metric, list[_Minute]] = {}  # the same lists

    @property
    def minute(self) -> float:
        """The real seconds of a minute; a clock of tests on which no wait lasts has true ones."""
        return self._clock.real_seconds(MINUTE) or MINUTE

    def add(self, metric: Metric, value: float, time: float | None = None) -> None:
        minute = self.minute
        start = math.floor((self._clock.now() if time is None else time) / minute) * minute
        with self._lock:
            minutes = self._by_metric.get(metric)
            if minutes is None:
                minutes = self._minutes.setdefault(_key(metric), [])
                self._by_metric[metric] = minutes
            self._summary(minutes, start, metric.unit).add_value(value)

    def _summary(self, minutes: list[_Minute], start: float, unit: str) -> Summary:
        """Return that of a minute, most often the latest one, or a new one."""
        for existing in reversed(minutes):
            if existing.start < start:
                break
            if existing.start == start and existing.unit == unit:
                return existing.summary
        new = _Minute(start, unit, Summary())
        insort(minutes, new, key=_start)
        del minutes[:-_KEPT_MINUTES]
        return new.summary

    def between(self, metric: Metric, start: float, end: float) -> Summary | None:
        """Return what the minutes between two times hold in the metric's unit ("" for any)."""
        tolerance = self.minute / 1000
        with self._lock:
            minutes = self._minutes.get(_key(metric), [])
            first = bisect_left(minutes, start - tolerance, key=_start)
            last = bisect_left(minutes, end - tolerance, key=_start)
            chosen = [
                item.summary for item in minutes[first:last] if metric.unit in ("", item.unit)
            ]
            result = Summary()
            for summary in chosen:
                result.add(summary)
        return result if chosen else None


def _start(minute: _Minute) -> float:
    return minute.start


def _key(metric: Metric) -> Metric:
    return metric._replace(unit="", dimensions=tuple(sorted(metric.dimensions)))
