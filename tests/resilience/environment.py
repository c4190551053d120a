"""The deployed system as a seed finds it: what there is in it, and what can be changed by hand."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from localcloud.testing import Execution, LocalCloud

from tools.harness.deployment import Deployment
from tools.harness.runs import Item, Row, rows_of

LATE_SECONDS = 2000.0  # for what may hang until the faults are healed; longer than any lag
MOST_LOOKS = 7  # each after so many seconds
NOTES = "replication of items"


class Environment:
    def __init__(self, cloud: LocalCloud, deployment: Deployment) -> None:
        self.cloud = cloud
        self.deployment = deployment

    def other(self, region: str) -> str:
        return next(name for name in self.deployment.regions if name != region)

    def settle(self) -> None:
        """Wait until all is at rest, but for the notes that schedules write every ten minutes.

        If items replicate more slowly than that, one is always on its way. What else was on its
        way when there seemed to be notes only has arrived by the next look.
        """
        were_notes = False
        for _ in range(MOST_LOOKS):
            if self.cloud.settle(LATE_SECONDS):
                return
            are_notes = self.cloud.activity() == [NOTES]
            if were_notes and are_notes:
                return
            were_notes = are_notes
        raise AssertionError(f"not at rest: {self.cloud.activity()}")

    def wait_for_runs(self, region: str) -> None:
        """Wait until no run of the Region goes on, or at most a while."""
        _wait(lambda: not any(run.region == region for run in self.runs("RUNNING")))

    def wait_for_end(self, execution: Execution) -> None:
        """Wait for the execution's end, or at most a while."""
        _wait(lambda: execution.status != "RUNNING")

    def runs(self, *statuses: str) -> list[Execution]:
        """The Main Orchestrator's executions, without the children of its Map."""
        return [
            execution
            for execution in self.cloud.executions.find(*statuses)
            if execution.state_machine.startswith("MainOrchestrator")
            and not execution.is_child_of_map
        ]

    def items(self, region: str, run_id: str) -> list[Item]:
        """The attempts at a run by a Region's own copy of the table, read without a call."""
        items = self.cloud.table_items(self.deployment.state_table, region)
        return [item for item in items if item.get("run_id") == run_id and "attempt" in item]

    def arrived_runs(self, region: str, keys: set[str]) -> set[str]:
        """The runs of these keys that have arrived in the Region and that nobody has begun."""
        items = self.cloud.table_items(self.deployment.state_table, region)
        items = [item for item in items if item.get("key") in keys]
        begun = {item["run_id"] for item in items if "attempt" in item}
        return {item["run_id"] for item in items if item["region"] == region} - begun

    def rows(self, region: str, tag: str) -> list[Row]:
        """The runs by a Region's own copy of the table."""
        items = self.cloud.table_items(self.deployment.state_table, region)
        return rows_of(item for item in items if tag in item.get("key", ""))

    def mails(self, tag: str) -> list[dict[str, Any]]:
        return [mail for mail in self.cloud.mails() if tag in mail["body"]]

    def failures(self, tag: str) -> Counter[str]:
        """Executions that did not end well, by run: also a stopped one may send a notice."""
        failed = self.runs("FAILED", "ABORTED")
        return Counter(run.input["run_id"] for run in failed if tag in run.input["key"])

    def files_not_reconciled(self, region: str, since: datetime) -> int:
        """What the alarm for files that are not reconciled sees."""
        statistics = self.cloud.client("cloudwatch", region).get_metric_statistics(
            Namespace=f"MultiRegionBatch{self.deployment.env}",
            MetricName="FilesNotReconciled",
            Dimensions=[{"Name": "service", "Value": "batch"}],
            StartTime=since.replace(second=0),  # a metric's minutes are whole ones
            EndTime=datetime.now(UTC) + timedelta(minutes=1),
            Period=60,
            Statistics=["Sum"],
        )
        return int(sum(point["Sum"] for point in statistics["Datapoints"]))

    def take_dead_letters(self, region: str) -> int:
        """How many events the Region's trigger gave up; they are taken off the queue."""
        sqs = self.cloud.client("sqs", region)
        name = f"batch-trigger-failures{self.deployment.env}"
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        count = "ApproximateNumberOfMessages"
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[count])["Attributes"]
        letters = int(attributes[count])
        if letters:
            sqs.purge_queue(QueueUrl=url)
        return letters

    def command(self, region: str, name: str, run_id: str) -> dict[str, Any]:
        """What `make retry` and `make give-up` do; returns what was done and the run's state."""
        response = self.cloud.client("lambda", region).invoke(
            FunctionName=self.deployment.function("reconciler"),
            Payload=json.dumps({name: run_id}),
        )
        answer = json.loads(response["Payload"].read())
        if "FunctionError" in response:
            raise AssertionError(f"{name} of {run_id} in {region} fails: {answer}")
        return dict(answer)

    def has_input(self, region: str, row: Row) -> bool:
        """Whether the Region's bucket has the version that a run is at."""
        s3, bucket = self.cloud.client("s3", region), self.deployment.bucket(region)
        try:
            s3.head_object(Bucket=bucket, Key=row["key"], VersionId=row["version_id"])
        except s3.exceptions.ClientError:
            return False
        return True

    def delete_files(self, tag: str) -> None:
        """Remove a seed's objects and items, so that no later pass looks at them."""
        for region in self.deployment.regions:
            s3, bucket = self.cloud.client("s3", region), self.deployment.bucket(region)
            for folder in ("input", "work", "output"):
                # One page: a seed has some dozens, and run ids begin with the file's name.
                page = s3.list_object_versions(Bucket=bucket, Prefix=f"{folder}/{tag}")
                for version in page.get("Versions", []) + page.get("DeleteMarkers", []):
                    key, version_id = version["Key"], version["VersionId"]
                    s3.delete_object(Bucket=bucket, Key=key, VersionId=version_id)
            self._delete_items(region, tag)

    def _delete_items(self, region: str, tag: str) -> None:
        dynamodb, table = self.cloud.client("dynamodb", region), self.deployment.state_table
        for item in self.cloud.table_items(table, region):
            is_note = "key" not in item  # of what the watch told, or of how far a pass came
            if is_note or tag in item["key"]:
                key = {name: {"S": item[name]} for name in ("owner", "item")}
                dynamodb.delete_item(TableName=table, Key=key)


def _wait(is_over: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LATE_SECONDS
    while not is_over() and time.monotonic() < deadline:
        time.sleep(1.0)  # executions have no event to wait for
