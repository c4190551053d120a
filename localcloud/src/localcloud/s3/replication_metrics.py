"""The replication metrics of AWS/S3: how much each rule has still to copy, and how late it is.

They are published in the Region of the destination bucket, each minute, whether or not anything is
replicated; what has failed is published in the Region of the source bucket: https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
"""

from moto.s3.models import FakeKey

from localcloud.cloud import Cloud
from localcloud.cloudwatch import before_reads, cloudwatch_of
from localcloud.cloudwatch.metrics import Metric
from localcloud.s3 import store
from localcloud.s3.replication import Job, Replication


def publish_metrics(cloud: Cloud, replication: Replication) -> None:
    """From now on, each minute and before somebody reads metrics or alarms."""
    cloudwatch, real_seconds = cloudwatch_of(cloud), cloud.clock.real_seconds
    metrics = cloudwatch.metrics

    def publish(time: float | None = None) -> None:
        backlog = replication.backlog()
        for bucket, rule in replication.rules():
            region = store.region_of(rule.destination)
            if rule.metrics and region:
                own = [item for item in backlog if (item[0].bucket, item[0].rule) == (bucket, rule)]
                dimensions = (
                    ("SourceBucket", bucket),
                    ("DestinationBucket", rule.destination),
                    ("RuleId", rule.id),
                )
                for name, unit, value in _values(own, real_seconds(1) or 1.0):
                    metrics.add(Metric(region, "AWS/S3", name, unit, dimensions), value, time)
                failed = Metric(
                    store.region_of(bucket) or region,
                    "AWS/S3",
                    "OperationsFailedReplication",
                    "Count",
                    dimensions,
                )
                metrics.add(failed, replication.take_failures(bucket, rule.id), time)
        metrics.flush()

    cloud.gateway.register("cloudwatch", before_reads(publish))
    cloudwatch.minutes.actions.append(lambda minute: publish(minute.middle))


def _values(waiting: list[tuple[Job, float]], second: float) -> tuple[tuple[str, str, float], ...]:
    """Return name, unit and value; ``second`` is the length of an AWS second in real ones."""
    oldest = max((age for _, age in waiting), default=0.0)
    return (
        ("ReplicationLatency", "Seconds", oldest / second),
        ("OperationsPendingReplication", "Count", len(waiting)),
        ("BytesPendingReplication", "Bytes", sum(_bytes(job) for job, _ in waiting)),
    )


def _bytes(job: Job) -> int:
    if job.only_tags or not isinstance(job.version, FakeKey):
        return 0
    return int(job.version.size)
