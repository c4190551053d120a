"""The replication metrics of AWS/S3: how much each rule has still to do, and how late it is.

In the Region of the destination bucket, each minute, whether or not anything is replicated:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
"""

from __future__ import annotations

import logging
import threading

from moto.s3.models import FakeKey

from localcloud.clock import Clock
from localcloud.cloud import Cloud
from localcloud.gateway.http import Response
from localcloud.gateway.identify import Call
from localcloud.lambda_.metrics import Metric, MetricWriter
from localcloud.s3.replication import Job, Replication
from localcloud.s3.replication_rules import ReplicationRule
from localcloud.s3.store import Store

log = logging.getLogger(__name__)
_EVERY = 60.0  # AWS seconds


class ReplicationMetrics:
    """Publishes by itself, and before somebody reads metrics or alarms."""

    def __init__(self, cloud: Cloud, store: Store, replication: Replication) -> None:
        self._clock: Clock = cloud.clock
        self._store = store
        self._replication = replication
        self._writer = MetricWriter(cloud.settings.account_id)
        self._closed = threading.Event()
        cloud.gateway.register("cloudwatch", self._before)
        self._thread = threading.Thread(target=self._run, name="s3-metrics", daemon=True)
        self._thread.start()

    def publish(self) -> None:
        backlog = self._replication.backlog()
        for bucket, rule in self._replication.rules():
            region = self._store.region(rule.destination)
            if rule.metrics and region:
                waiting = [
                    (job, age) for job, age in backlog if (job.bucket, job.rule) == (bucket, rule)
                ]
                self._add(region, bucket, rule, waiting)
        self._writer.flush()

    def close(self) -> None:
        self._closed.set()
        self._thread.join(timeout=5)

    def _add(
        self, region: str, bucket: str, rule: ReplicationRule, waiting: list[tuple[Job, float]]
    ) -> None:
        late = max((age for _, age in waiting), default=0.0) / (self._clock.real_seconds(1) or 1.0)
        dimensions = (
            ("SourceBucket", bucket),
            ("DestinationBucket", rule.destination),
            ("RuleId", rule.id),
        )
        for name, unit, value in (
            ("ReplicationLatency", "Seconds", late),
            ("OperationsPendingReplication", "Count", len(waiting)),
            ("BytesPendingReplication", "Bytes", sum(_bytes(job) for job, _ in waiting)),
        ):
            self._writer.add(Metric(region, "AWS/S3", name, unit, dimensions), value)

    def _before(self, call: Call) -> Response | None:
        """A handler that answers nothing itself."""
        if not call.name.startswith("Put"):
            self.publish()
        return None

    def _run(self) -> None:
        while not self._closed.wait(max(1.0, self._clock.real_seconds(_EVERY))):
            try:
                self.publish()
            except Exception:
                log.exception("replication metrics could not be published")


def _bytes(job: Job) -> int:
    if job.only_tags or not isinstance(job.version, FakeKey):
        return 0
    return int(job.version.size)
