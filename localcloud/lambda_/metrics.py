"""Metrics that AWS services publish themselves: gathered, and handed to CloudWatch now and then.

They go straight to moto's backend: on AWS they are no API calls of anybody's, and nobody's
permissions matter.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass

from moto.cloudwatch.models import cloudwatch_backends

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
    """``add`` is cheap; ``flush`` writes one datum a metric, with the statistics of what came since
    the last.
    """

    def __init__(self, account: str) -> None:
        self._account = account
        self._lock = threading.Lock()
        self._gathered: defaultdict[Metric, _Statistics] = defaultdict(_Statistics)

    def add(self, metric: Metric, value: float) -> None:
        with self._lock:
            self._gathered[metric].add(value)

    def flush(self) -> None:
        with self._lock:
            gathered, self._gathered = self._gathered, defaultdict(_Statistics)
        for metric, numbers in gathered.items():
            datum = {
                "MetricName": metric.name,
                "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions],
                "Unit": metric.unit,
                "StatisticValues": {
                    "SampleCount": numbers.count,
                    "Sum": numbers.total,
                    "Minimum": numbers.low,
                    "Maximum": numbers.high,
                },
            }
            with service_lock("cloudwatch"):
                backend = cloudwatch_backends[self._account][metric.region]
                backend.put_metric_data(metric.namespace, [datum])
