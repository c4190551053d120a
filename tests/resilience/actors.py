"""The user, who uploads, and the operator, who does what docs/operations.md says and no more."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from localcloud.testing import AutomationExecution, LocalCloud

UPLOAD_SECONDS = 60.0
RUNBOOK_SECONDS = 14400.0
RUNBOOK = "AutomationFailoverRunbook"


class User:
    """Uploads through the Multi-Region Access Point, which leads to the nearest bucket."""

    def __init__(self, cloud: LocalCloud, mrap_arn: str) -> None:
        self._cloud = cloud
        self._mrap_arn = mrap_arn
        self._lock = threading.Lock()
        config = Config(retries={"total_max_attempts": 1})
        self._s3 = boto3.Session().client("s3", "us-east-1", config=config)

    def upload(
        self, key: str, data: bytes, region: str, other: str, metadata: Mapping[str, str]
    ) -> str:
        """Try again, and elsewhere, until it works, as people do; returns the version id."""
        deadline = time.monotonic() + UPLOAD_SECONDS
        with self._lock:
            while True:
                for nearest in (region, other):
                    self._cloud.nearest_region = nearest
                    try:
                        response = self._s3.put_object(
                            Bucket=self._mrap_arn, Key=key, Body=data, Metadata=dict(metadata)
                        )
                        return str(response["VersionId"])
                    except (BotoCoreError, ClientError):
                        if time.monotonic() > deadline:
                            raise

    def fetch(self, url: str, region: str) -> bytes:
        """Follow a link from a place that is nearest to the Region."""
        with self._lock:
            self._cloud.nearest_region = region
            return self._cloud.fetch(url)


class Operator:
    """Starts the runbook, until it has succeeded."""

    def __init__(self, cloud: LocalCloud) -> None:
        self._cloud = cloud
        self._lock = threading.Lock()
        self._running: list[AutomationExecution] = []
        self.region = ""

    def start(self) -> AutomationExecution:
        started = self._cloud.client("ssm", self.region).start_automation_execution(
            DocumentName=RUNBOOK,
            DocumentVersion="$DEFAULT",
            Parameters={"Traffic": ["unchanged"]},  # the plans say which bucket an upload reaches
        )
        execution_id = started["AutomationExecutionId"]
        execution = self._cloud.automation_execution(self.region, execution_id)
        with self._lock:
            self._running.append(execution)
        return execution

    def cancel(self) -> None:
        for execution in self._running:
            execution.cancel()

    def make_active(self, region: str, heal: Callable[[], None], tries: int = 4) -> dict[str, Any]:
        """Return the report of the last pass; ``heal`` comes before each further try."""
        self.region = region
        failures = []
        for _ in range(tries):
            try:
                execution = self.start()
            except BotoCoreError as error:  # the Region is out
                failures.append(str(error))
            else:
                status = execution.wait(RUNBOOK_SECONDS)
                self._wait_for_the_others()
                if status == "Success":
                    return dict(json.loads(execution.output("ReconcileLast.Payload")))
                failures.append(f"{status}: {execution.failure}")
            heal()
        raise AssertionError(f"the runbook in {region} does not succeed: {failures}")

    def _wait_for_the_others(self) -> None:
        """A second one may be under way, and may be started while one waits."""
        while self._running:
            with self._lock:
                running, self._running = self._running, []
            for execution in running:
                execution.wait(RUNBOOK_SECONDS)
