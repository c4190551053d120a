"""Metrics of AWS's services. They go straight to moto's backend.

On AWS no customer makes these calls, and nobody's permissions matter.
"""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from moto.cloudwatch.models import MetricAggregatedDatum, cloudwatch_backends
from moto.core.utils import utcnow

from localcloud.gateway.moto_bridge import service_lock


class Metric(NamedTuple):
    """A metric, identified as CloudWatch does; ``dimensions`` are pairs of name and value."""

    region: str
    namespace: str
    name: str
    unit: str
    dimensions: tuple[tuple[str, str], ...] = ()


class MetricWriter:
    """Gathers values (``add`` is cheap); ``flush`` hands them to CloudWatch.

    As with AWS's services, the values of a minute are one datum, however often they are flushed:
    a cloud may run for days.
    """

    def __init__(self, account: str) -> None:
        self._account = account
        self._lock = threading.Lock()
        self._values: defaultdict[Metric, list[float]] = defaultdict(list)
        self._latest: dict[Metric, MetricAggregatedDatum] = {}

    def add(self, metric: Metric, value: float) -> None:
        with self._lock:
            self._values[metric].append(value)

    def flush(self) -> None:
        with self._lock:
            gathered, self._values = self._values, defaultdict(list)
        minute = utcnow().replace(second=0, microsecond=0)
        with service_lock("cloudwatch"):
            for metric, values in gathered.items():
                datum = self._datum(metric, minute)
                datum.sample_count += len(values)
                datum.sum += sum(values)
                datum.min = min(datum.min, *values)
                datum.max = max(datum.max, *values)

    def _datum(self, metric: Metric, minute: datetime) -> MetricAggregatedDatum:
        datum = self._latest.get(metric)
        if datum is None or datum.timestamp != minute:
            datum = self._latest[metric] = MetricAggregatedDatum(
                metric.namespace,
                metric.name,
                min_stat=math.inf,
                max_stat=-math.inf,
                sample_count=0.0,
                sum_stat=0.0,
                dimensions=[{"Name": name, "Value": value} for name, value in metric.dimensions],
                timestamp=minute,
                unit=metric.unit,
            )
            cloudwatch_backends[self._account][metric.region].metric_data.append(datum)
        return datum
