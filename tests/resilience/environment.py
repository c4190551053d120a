"""The deployed system as a seed finds it: what can be waited for, and what there is at the end."""

from __future__ import annotations

import os
import ssl
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from boto3.dynamodb.types import TypeDeserializer
from localcloud.cloud import Cloud
from localcloud.dynamodb.replicas import Replicas
from localcloud.dynamodb.tables import Tables, items_of
from localcloud.events.delivery import Delivery
from localcloud.gateway.moto_bridge import service_lock
from localcloud.lambda_.invocation import Lambda
from localcloud.s3.notifications import Notifications
from localcloud.s3.replication import Replication
from localcloud.ses.mailbox import Mailbox
from localcloud.stepfunctions.engine import Engine
from localcloud.stepfunctions.execution import Execution

from tools.harness.watch import Deployment

_plain = TypeDeserializer().deserialize
REST_SECONDS = 120.0


class NeverAtRest(AssertionError):
    """Something still moves, long after everything was mended."""


class Scene:
    def __init__(self, cloud: Cloud, deployment: Deployment) -> None:
        self.cloud = cloud
        self.deployment = deployment
        self._tables = Tables(cloud.settings.account_id)

    def rest(self, limit: float = REST_SECONDS, done: Callable[[], bool] = lambda: False) -> bool:
        """Wait until nothing moves, or ``done``; False after ``limit`` seconds."""
        deadline = time.monotonic() + limit
        still = 0
        while still < 3:
            if done():
                return True
            if time.monotonic() > deadline:
                return False
            still = 0 if self._moves() else still + 1
            time.sleep(0.02)  # looks at many parts, which have no event in common
        return True

    def what_moves(self) -> str:
        running = [execution.arn for execution in self.runs("RUNNING")]
        return f"executions {running}; replication settled: {self._settled()}"

    def _moves(self) -> bool:
        return bool(self.cloud.get(Engine).store.running()) or not all(self._settled())

    def _settled(self) -> list[bool]:
        parts = (Replication, Notifications, Replicas, Delivery)
        settled = [self.cloud.get(part).settled(0.0) for part in parts]  # type: ignore[attr-defined]  # each has it
        return [*settled, self.cloud.get(Lambda).queue.settled(0.0)]

    def runs(self, *statuses: str) -> list[Execution]:
        """The Main Orchestrator's executions, without the children of its Map."""
        store = self.cloud.get(Engine).store
        with store.lock:
            found = list(store.executions.values())
        return [
            each
            for each in found
            if each.machine.name.startswith("MainOrchestrator")
            and each.map_run_arn is None
            and (not statuses or each.status in statuses)
        ]

    def row_in(self, region: str, run_id: str) -> dict[str, Any] | None:
        """A Region's own copy, read without a call."""
        rows = self._rows(region, lambda item: item["run_id"]["S"] == run_id)
        return rows[0] if rows else None

    def rows(self, region: str, tag: str) -> list[dict[str, Any]]:
        return self._rows(region, lambda item: tag in item["key"]["S"])

    def _rows(self, region: str, wanted: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
        with service_lock("dynamodb"):
            table = self._tables.find(region, self.deployment.state_table)
            assert table is not None
            items = [item for _, item in items_of(table) if wanted(item)]
        return [{name: _plain(value) for name, value in item.items()} for item in items]

    def mails(self, tag: str) -> list[dict[str, Any]]:
        return [mail for mail in self.cloud.get(Mailbox).messages() if tag in mail["body"]]

    def failures(self, tag: str) -> Counter[str]:
        """Executions that did not end well, by run: stopped ones may have told of a failure."""
        bad = [run.input for run in self.runs("FAILED", "ABORTED") if tag in run.input["key"]]
        return Counter(given["run_id"] for given in bad)

    def files_left(self, region: str, since: datetime) -> int:
        """What the alarm for files that are not reconciled sees."""
        found = self.cloud.clients.client("cloudwatch", region).get_metric_statistics(
            Namespace=f"MultiRegionBatch{self.deployment.env}",
            MetricName="FilesNotReconciled",
            Dimensions=[{"Name": "service", "Value": "batch"}],
            StartTime=since.replace(second=0),  # a metric's minutes are whole ones
            EndTime=datetime.now(UTC) + timedelta(minutes=1),
            Period=60,
            Statistics=["Sum"],
        )
        return int(sum(point["Sum"] for point in found["Datapoints"]))

    def dead_letters(self, region: str) -> int:
        """How many events the Region's trigger gave up; they are taken off the queue."""
        sqs = self.cloud.clients.client("sqs", region)
        name = f"batch-trigger-failures{self.deployment.env}"
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        answer = sqs.get_queue_attributes(
            QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
        )
        found = int(answer["Attributes"]["ApproximateNumberOfMessages"])
        if found:
            sqs.purge_queue(QueueUrl=url)
        return found

    def change_row(self, run_id: str, region: str, update: str, **values: str) -> None:
        """What an operator does by hand."""
        self.cloud.clients.client("dynamodb", region).update_item(
            TableName=self.deployment.state_table,
            Key={"run_id": {"S": run_id}},
            UpdateExpression=update,
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={f":{name}": {"S": value} for name, value in values.items()},
        )

    def forget(self, tag: str) -> None:
        """Remove a seed's objects and rows, so that no later pass looks at them."""
        for region in self.deployment.regions:
            s3 = self.cloud.clients.client("s3", region)
            bucket = self.deployment.bucket(region)
            for folder in ("input", "work", "output"):
                # one page: a seed has some dozens, and run ids begin with the file's name
                listed = s3.list_object_versions(Bucket=bucket, Prefix=f"{folder}/{tag}")
                for one in listed.get("Versions", []):
                    s3.delete_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])
        region = self.deployment.regions[0]
        dynamodb = self.cloud.clients.client("dynamodb", region)
        for row in self.rows(region, tag):
            key = {"run_id": {"S": row["run_id"]}}
            dynamodb.delete_item(TableName=self.deployment.state_table, Key=key)


def get(url: str) -> bytes:
    """As a browser does."""
    context = ssl.create_default_context(cafile=os.environ["AWS_CA_BUNDLE"])
    with urllib.request.urlopen(url, context=context, timeout=30) as answer:  # noqa: S310 - https
        return bytes(answer.read())
