"""The user, who uploads, and the operator, who does what docs/operations.md says and no more."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from localcloud.cloud import Cloud
from localcloud.s3.mrap import MultiRegionAccessPoints
from localcloud.ssm import Automation
from localcloud.ssm.execution import Execution

from tests.resilience.plan import FENCE_WAIT, REPLICATION_WAIT

UPLOAD_SECONDS = 30.0
RUNBOOK_SECONDS = 240.0
RUNBOOK = "AutomationFailoverRunbook"
WAITS = {
    "FenceWait": [f"PT{FENCE_WAIT:.0f}S"],
    "ReplicationWait": [f"PT{REPLICATION_WAIT:.0f}S"],
}


class User:
    """Uploads through the Multi-Region Access Point, which leads to the nearest bucket."""

    def __init__(self, cloud: Cloud, mrap_arn: str) -> None:
        self._access_points = cloud.get(MultiRegionAccessPoints)
        self._mrap_arn = mrap_arn
        self._lock = threading.Lock()
        config = Config(retries={"total_max_attempts": 1})
        self._s3 = boto3.Session().client("s3", "us-east-1", config=config)

    def upload(self, key: str, data: bytes, region: str, other: str) -> str:
        """The version id. As people do, tries again, and elsewhere, until it works."""
        deadline = time.monotonic() + UPLOAD_SECONDS
        with self._lock:
            while True:
                for nearest in (region, other):
                    self._access_points.nearest = nearest
                    try:
                        answer = self._s3.put_object(Bucket=self._mrap_arn, Key=key, Body=data)
                        return str(answer["VersionId"])
                    except (BotoCoreError, ClientError):
                        if time.monotonic() > deadline:
                            raise

    def fetch(self, url: str, region: str, get: Callable[[str], bytes]) -> bytes:
        """Follow a link from a place that is nearest to the Region."""
        with self._lock:
            self._access_points.nearest = region
            return get(url)


class Operator:
    """Starts the runbook, until it has succeeded."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._automation = cloud.get(Automation)
        self._lock = threading.Lock()
        self._running: list[Execution] = []
        self.region = ""

    def start(self) -> Execution:
        client = self._cloud.clients.client("ssm", self.region)
        answer = client.start_automation_execution(
            DocumentName=RUNBOOK, DocumentVersion="$DEFAULT", Parameters=WAITS
        )
        execution = self._automation.execution(self.region, answer["AutomationExecutionId"])
        with self._lock:
            self._running.append(execution)
        return execution

    def cancel(self) -> None:
        for execution in self._running:
            execution.cancel()

    def make_active(self, region: str, mend: Callable[[], None], tries: int = 4) -> dict[str, Any]:
        """The report of the last pass. What made the runbook fail is mended before the next try."""
        self.region = region
        failures = []
        for _ in range(tries):
            try:
                execution = self.start()
            except BotoCoreError as error:  # the Region is out
                failures.append(str(error))
            else:
                ended = self._wait(execution)
                self._wait_for_the_others()
                if ended == "Success":
                    return dict(json.loads(execution.output("ReconcileLast.Payload")))
                failures.append(f"{ended}: {execution.failure}")
            mend()
        raise AssertionError(f"the runbook in {region} does not succeed: {failures}")

    def _wait(self, execution: Execution) -> str:
        execution.join(RUNBOOK_SECONDS)
        return execution.status

    def _wait_for_the_others(self) -> None:
        """A second one may be under way, and may be started while one waits."""
        while self._running:
            with self._lock:
                running, self._running = self._running, []
            for execution in running:
                self._wait(execution)
