"""The recent values of metrics by the minute, as alarms look at them."""

import math
import threading
from array import array
from bisect import bisect_left
from collections import defaultdict
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

    def statistic(self, name: str) -> float:
        return {
            "Sum": self.total,
            "Average": self.total / self.count,
            "Minimum": self.minimum,
            "Maximum": self.maximum,
            "SampleCount": self.count,
        }[name]


class _Series:
    """A metric's values in one unit, by the minute: columns of numbers, since there are so many."""

    def __init__(self) -> None:
        self._starts = array("d")
        self._minima, self._maxima, self._totals, self._counts = (array("d") for _ in range(4))

    def add(self, start: float, value: float) -> None:
        """Add a value to the minute that begins at ``start``, most often the latest one."""
        at = len(self._starts) - 1
        if at < 0 or self._starts[at] != start:
            at = bisect_left(self._starts, start)
            if at == len(self._starts) or self._starts[at] != start:
                at = self._insert(at, start)
        self._minima[at] = min(self._minima[at], value)
        self._maxima[at] = max(self._maxima[at], value)
        self._totals[at] += value
        self._counts[at] += 1.0

    def _insert(self, at: int, start: float) -> int:
        """Insert an empty minute and drop those that are too old; returns where it is."""
        columns = (self._starts, self._minima, self._maxima, self._totals, self._counts)
        for column, value in zip(columns, (start, math.inf, -math.inf, 0.0, 0.0), strict=True):
            column.insert(at, value)
        if at >= (surplus := len(self._starts) - _KEPT_MINUTES) > 0:
            for column in columns:
                del column[:surplus]
            at -= surplus
        return at

    def between(self, start: float, end: float) -> Summary:
        """The minutes between two times."""
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        return Summary(
            min(self._minima[first:last], default=math.inf),
            max(self._maxima[first:last], default=-math.inf),
            sum(self._totals[first:last]),
            sum(self._counts[first:last]),
        )


class Datapoints:
    """Values by metric and minute; the clock says how long a minute of AWS time lasts here."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        # By _key and unit, and the same ones by metric.
        self._series: defaultdict[Metric, dict[str, _Series]] = defaultdict(dict)
        self._by_metric: dict[Metric, _Series] = {}

    @property
    def minute(self) -> float:
        """The real seconds of a minute; a clock of tests on which no wait lasts has true ones."""
        return self._clock.real_seconds(MINUTE) or MINUTE

    def add(self, metric: Metric, value: float, time: float | None = None) -> None:
        minute = self.minute
        start = math.floor((self._clock.now() if time is None else time) / minute) * minute
        with self._lock:
            series = self._by_metric.get(metric)
            if series is None:
                series = self._series[_key(metric)].setdefault(metric.unit, _Series())
                self._by_metric[metric] = series
            series.add(start, value)

    def between(self, metric: Metric, start: float, end: float) -> Summary | None:
        """Return what the minutes between two times hold in the metric's unit ("" for any)."""
        tolerance = self.minute / 1000
        result = Summary()
        with self._lock:
            for unit, series in self._series.get(_key(metric), {}).items():
                if metric.unit in ("", unit):
                    result.add(series.between(start - tolerance, end - tolerance))
        return result if result.count else None


def _key(metric: Metric) -> Metric:
    return metric._replace(unit="", dimensions=tuple(sorted(metric.dimensions)))
