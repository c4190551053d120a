"""Embedded metric format: metrics that a function logs as JSON.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from localcloud.lambda_.metrics import Metric


def metrics_in(message: str, region: str) -> Iterator[tuple[Metric, float]]:
    """Every metric and value in one log event; none if the event is no EMF document or a malformed
    one.
    """
    if '"_aws"' not in message:
        return
    try:
        document = json.loads(message)
        directives = document["_aws"]["CloudWatchMetrics"]
        found = [pair for one in directives for pair in _of_directive(one, document, region)]
    except (ValueError, KeyError, TypeError):
        return
    yield from found


def _of_directive(
    directive: dict[str, Any], document: dict[str, Any], region: str
) -> Iterator[tuple[Metric, float]]:
    for names in directive.get("Dimensions") or [[]]:
        dimensions = tuple((name, str(document[name])) for name in names)
        for definition in directive["Metrics"]:
            metric = Metric(
                region,
                directive["Namespace"],
                definition["Name"],
                definition.get("Unit", "None"),
                dimensions,
            )
            values = document[definition["Name"]]
            for value in values if isinstance(values, list) else [values]:
                yield metric, float(value)
