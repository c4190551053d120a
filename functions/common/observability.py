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
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=number)
    metrics.flush_metrics()
