"""The replication metrics of AWS/S3: how much each rule has still to copy, and how late it is.

They are published in the Region of the destination bucket, each minute, whether or not anything is
replicated: https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
"""

from __future__ import annotations

from moto.s3.models import FakeKey

from localcloud.cloud import Cloud
from localcloud.cloudwatch import before_reads, cloudwatch_of
from localcloud.cloudwatch.metrics import Metric
from localcloud.periodic import Periodic
from localcloud.s3.replication import Job, Replication
from localcloud.s3.replication_rules import ReplicationRule
from localcloud.s3.store import Store

_PERIOD = 60.0  # AWS seconds


class ReplicationMetrics:
    """Publishes by itself, and before somebody reads metrics or alarms."""

    def __init__(self, cloud: Cloud, store: Store, replication: Replication) -> None:
        self._clock = cloud.clock
        self._store = store
        self._replication = replication
        self._metrics = cloudwatch_of(cloud).metrics
        cloud.gateway.register("cloudwatch", before_reads(self.publish))
        seconds = max(1.0, self._clock.real_seconds(_PERIOD))
        cloud.on_close(Periodic("s3-metrics", seconds, self.publish).close)

    def publish(self) -> None:
        backlog = self._replication.backlog()
        for bucket, rule in self._replication.rules():
            region = self._store.region(rule.destination)
            if rule.metrics and region:
                own = [item for item in backlog if (item[0].bucket, item[0].rule) == (bucket, rule)]
                self._add(region, bucket, rule, own)
        self._metrics.flush()

    def _add(
        self, region: str, bucket: str, rule: ReplicationRule, waiting: list[tuple[Job, float]]
    ) -> None:
        oldest = max((age for _, age in waiting), default=0.0)
        latency = oldest / (self._clock.real_seconds(1) or 1.0)
        dimensions = (
            ("SourceBucket", bucket),
            ("DestinationBucket", rule.destination),
            ("RuleId", rule.id),
        )
        for name, unit, value in (
            ("ReplicationLatency", "Seconds", latency),
            ("OperationsPendingReplication", "Count", len(waiting)),
            ("BytesPendingReplication", "Bytes", sum(_bytes(job) for job, _ in waiting)),
        ):
            self._metrics.add(Metric(region, "AWS/S3", name, unit, dimensions), value)


def _bytes(job: Job) -> int:
    if job.only_tags or not isinstance(job.version, FakeKey):
        return 0
    return int(job.version.size)
