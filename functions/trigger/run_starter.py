"""Starts the runs of new inputs: first the row, then the execution, each at most once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypedDict

from common.attempts import Attempt, attempt_of_version
from common.observability import count, logger
from common.runs import Owner, started_row
from common.state_table import StateTable
from trigger.s3_event import InputVersion

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_stepfunctions import SFNClient


class TriggerResult(TypedDict):
    """Ids of the runs that were started and of those that were not."""

    started: list[str]
    skipped: list[str]


@dataclass(frozen=True)
class RunStarter:
    """Starts runs of `region` by executions of the state machine `orchestrator_arn`."""

    s3: S3Client
    stepfunctions: SFNClient
    state: StateTable
    bucket: str
    orchestrator_arn: str
    region: str
    # An input that arrives when it is older than this may have missed the runbook's last pass.
    late: timedelta

    def start_all(self, inputs: Iterable[InputVersion]) -> TriggerResult:
        """Start the runs that are this Region's and unfinished. To repeat it changes nothing."""
        result: TriggerResult = {"started": [], "skipped": []}
        for version in inputs:
            attempt, age = self._attempt_and_age(version)
            is_owned = self._own(version, attempt)
            if is_owned:
                self._start_execution(version, attempt)
            elif age > self.late:
                self._report_left_behind(attempt)
            message = "Started" if is_owned else "Skipped: another owner has the run, or it ended"
            logger.info(message, run_id=attempt.run_id, attempt=attempt.number)
            result["started" if is_owned else "skipped"].append(attempt.run_id)
        return result

    def _attempt_and_age(self, version: InputVersion) -> tuple[Attempt, timedelta]:
        """Ask S3, since a notification has no metadata. A replica is as old as its source."""
        head = self.s3.head_object(
            Bucket=self.bucket, Key=version.key, VersionId=version.version_id
        )
        age = datetime.now(UTC) - head["LastModified"]
        metadata = head.get("Metadata", {})
        return attempt_of_version(version.key, version.version_id, metadata), age

    def _own(self, version: InputVersion, attempt: Attempt) -> bool:
        """Tell whether the attempt is this Region's to start. Makes the row of an upload.

        A row that says STARTED may be all that an earlier try achieved, so it is started again. The
        reconciler has written the row of a later attempt before it made the copy.
        """
        owner = Owner(self.region, attempt.number)
        if attempt.number == 1:
            row = started_row(attempt.run_id, version.key, version.version_id, version.size, owner)
            if self.state.create(row):
                return True
        row = self.state.get(attempt.run_id) or {}
        return (row.get("status"), row.get("region"), row.get("attempt")) == ("STARTED", *owner)

    def _report_left_behind(self, attempt: Attempt) -> None:
        """Count an unfinished run of the other Region whose input missed the runbook's last pass.

        The alarm on the metric makes somebody start the runbook again (docs/decisions.md).
        """
        row = self.state.get(attempt.run_id) or {}
        if row.get("region") != self.region and row.get("status") in ("STARTED", "FAILED"):
            logger.warning("A late input of the other Region", run_id=attempt.run_id)
            count("FilesNotReconciled")

    def _start_execution(self, version: InputVersion, attempt: Attempt) -> None:
        """Start the execution, unless it exists.

        While an execution runs, StartExecution succeeds again for the same name and input, so the
        input has nothing that differs between two events of a version:
        https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
        """
        execution_input = {
            "run_id": attempt.run_id,
            "attempt": attempt.number,
            "attempt_id": attempt.id,
            "key": version.key,
            "version_id": version.version_id,
        }
        try:
            self.stepfunctions.start_execution(
                stateMachineArn=self.orchestrator_arn,
                name=attempt.id,
                input=json.dumps(execution_input),
            )
        except self.stepfunctions.exceptions.ExecutionAlreadyExists:
            logger.info("The execution has ended already", run_id=attempt.run_id)
