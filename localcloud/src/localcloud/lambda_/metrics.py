"""Metrics that AWS services publish themselves: gathered, and handed to CloudWatch now and then.

They go straight to moto's backend: on AWS they are no API calls of anybody's, and nobody's
permissions matter.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from moto.cloudwatch.models import MetricAggregatedDatum, cloudwatch_backends
from moto.core.utils import utcnow

from localcloud.gateway.moto_bridge import service_lock

Dimensions = tuple[tuple[str, str], ...]


@dataclass
class _Statistics:
    count: int = 0
    total: float = 0.0
    low: float = float("inf")
    high: float = float("-inf")

    def add(self, value: float) -> None:
        self.count += 1
        self.total += value
        self.low = min(self.low, value)
        self.high = max(self.high, value)


@dataclass(frozen=True)
class Metric:
    region: str
    namespace: str
    name: str
    unit: str
    dimensions: Dimensions = ()


class MetricWriter:
    """``add`` is cheap; ``flush`` writes one datum a metric and minute, as AWS's services do, and
    what comes later in the minute goes into the same: a cloud may run for days.
    """

    def __init__(self, account: str) -> None:
        self._account = account
        self._lock = threading.Lock()
        self._gathered: defaultdict[Metric, _Statistics] = defaultdict(_Statistics)
        self._latest: dict[Metric, MetricAggregatedDatum] = {}

    def add(self, metric: Metric, value: float) -> None:
        with self._lock:
            self._gathered[metric].add(value)

    def flush(self) -> None:
        with self._lock:
            gathered, self._gathered = self._gathered, defaultdict(_Statistics)
        minute = utcnow().replace(second=0, microsecond=0)
        with service_lock("cloudwatch"):
            for metric, numbers in gathered.items():
                latest = self._latest.get(metric)
                if latest is None or latest.timestamp != minute:
                    latest = self._latest[metric] = _empty(metric, minute)
                    backend = cloudwatch_backends[self._account][metric.region]
                    backend.metric_data.append(latest)
                latest.sample_count += numbers.count
                latest.sum += numbers.total
                latest.min = min(latest.min, numbers.low)
                latest.max = max(latest.max, numbers.high)


def _empty(metric: Metric, minute: datetime) -> MetricAggregatedDatum:
    return MetricAggregatedDatum(
        metric.namespace,
        metric.name,
        min_stat=float("inf"),
        max_stat=float("-inf"),
        sample_count=0.0,
        sum_stat=0.0,
        dimensions=[{"Name": name, "Value": value} for name, value in metric.dimensions],
        timestamp=minute,
        unit=metric.unit,
    )
