"""Embedded metric format: metrics that a function logs as JSON.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from localcloud.cloudwatch.metrics import Metric


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
