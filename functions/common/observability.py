"""The logger and the metrics of all functions.

Service and namespace come from POWERTOOLS_SERVICE_NAME and POWERTOOLS_METRICS_NAMESPACE.
Messages are constant and data goes into fields. Events, records and signed URLs are never logged.
"""

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger(utc=True)
metrics = Metrics()


def count(name: str, number: int = 1) -> None:
    """Add to a metric at once, by a log line in CloudWatch's embedded metric format."""
    _publish(name, MetricUnit.Count, number)


def measure_seconds(name: str, seconds: float) -> None:
    """Publish a duration at once, in the same way."""
    _publish(name, MetricUnit.Seconds, seconds)


def _publish(name: str, unit: MetricUnit, value: float) -> None:
    metrics.add_metric(name=name, unit=unit, value=value)
    metrics.flush_metrics()
