"""Metrics of AWS's services, and those that functions log in the embedded metric format.

They go straight to moto's backend: on AWS no customer makes these calls, and nobody's permissions
matter. The format:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
import math
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from moto.cloudwatch.models import MetricAggregatedDatum, cloudwatch_backends
from moto.core.utils import utcnow

from localcloud.gateway.moto_bridge import service_lock
from localcloud.settings import ACCOUNT_ID
from localcloud.usage import Usage
from localcloud.usage.units import METRIC_HOURS


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

    def __init__(
        self, listener: Callable[[Metric, float, float | None], None], usage: Usage
    ) -> None:
        self._usage = usage
        self._listener = listener
        self._lock = threading.Lock()
        self._values: defaultdict[Metric, list[float]] = defaultdict(list)
        self._latest: dict[Metric, MetricAggregatedDatum] = {}

    def add(self, metric: Metric, value: float, time: float | None = None) -> None:
        """Add a value, which the ``listener`` learns at once, as of ``time``, by default now."""
        self._listener(metric, value, time)
        if not metric.namespace.startswith("AWS/"):
            # "All custom metrics charges are prorated by the hour":
            # https://aws.amazon.com/cloudwatch/pricing/
            self._usage.add_once_an_hour(metric, METRIC_HOURS, metric.region, metric.namespace)
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
            cloudwatch_backends[ACCOUNT_ID][metric.region].metric_data.append(datum)
        return datum


def metrics_in(message: str, region: str) -> list[tuple[Metric, float]]:
    """Return all metrics and values of a log event; none if it is no EMF or malformed."""
    if '"_aws"' not in message:
        return []
    try:
        document = json.loads(message)
        directives = document["_aws"]["CloudWatchMetrics"]
        return [pair for item in directives for pair in _of_directive(item, document, region)]
    except (ValueError, KeyError, TypeError):
        return []


def _of_directive(
    directive: dict[str, Any], document: dict[str, Any], region: str
) -> Iterator[tuple[Metric, float]]:
    for names in directive.get("Dimensions") or [[]]:
        dimensions = tuple((name, str(document[name])) for name in names)
        for definition in directive["Metrics"]:
            name, unit = definition["Name"], definition.get("Unit", "None")
            metric = Metric(region, directive["Namespace"], name, unit, dimensions)
            values = document[name]
            for value in values if isinstance(values, list) else [values]:
                yield metric, float(value)
