"""The logger and the metrics of all functions.

Service and namespace come from POWERTOOLS_SERVICE_NAME and POWERTOOLS_METRICS_NAMESPACE.
Messages are constant and data goes in fields; events, record contents and signed URLs are
never logged.
"""

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger(utc=True)
metrics = Metrics()


def count(name: str, number: int = 1) -> None:
    """So many more of `name`, sent at once: a line of the log in CloudWatch's embedded format."""
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=number)
    metrics.flush_metrics()
