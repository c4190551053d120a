"""The metrics of AWS/SQS on the messages that wait in queues, published each minute.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

from collections.abc import Callable

from moto.sqs.models import Queue, sqs_backends

from localcloud.cloudwatch.metrics import Metric, MetricWriter
from localcloud.cloudwatch.minutes import Minute
from localcloud.gateway.moto_bridge import service_lock
from localcloud.settings import ACCOUNT_ID


def publish_queue_metrics(metrics: MetricWriter) -> Callable[[Minute], None]:
    """Return what publishes the metrics of a minute."""

    def publish(minute: Minute) -> None:
        for region, name, values in _measured():
            for metric, value in values.items():
                dimensions = (("QueueName", name),)
                metrics.add(
                    Metric(region, "AWS/SQS", metric, "Count", dimensions), value, minute.middle
                )

    return publish


def _measured() -> list[tuple[str, str, dict[str, float]]]:
    """Return Region, name and values of every queue."""
    with service_lock("sqs"):
        return [
            (region, queue.name, _values(queue))
            for region, backend in dict(sqs_backends[ACCOUNT_ID]).items()
            for queue in backend.queues.values()
        ]


def _values(queue: Queue) -> dict[str, float]:
    return {
        "ApproximateNumberOfMessagesVisible": queue.approximate_number_of_messages,
        "ApproximateNumberOfMessagesNotVisible": queue.approximate_number_of_messages_not_visible,
        "ApproximateNumberOfMessagesDelayed": queue.approximate_number_of_messages_delayed,
    }
