"""Starts the runs of new inputs: first the item, then the execution, each at most once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypedDict

from common.attempts import AttemptId, Marks, marks_of
from common.observability import count, logger
from common.run_state import STARTED
from common.runs import InputVersion, Item, arrival_item, attempt_item, run_of_items
from common.state_table import StateTable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import HeadObjectOutputTypeDef
    from mypy_boto3_stepfunctions import SFNClient


class TriggerResult(TypedDict):
    """Ids of the runs that were started and of those that were not."""

    started: list[str]
    skipped: list[str]


@dataclass(frozen=True)
class RunStarter:
    """Starts runs in this Region by executions of the state machine `orchestrator_arn`."""

    s3: S3Client
    stepfunctions: SFNClient
    state: StateTable
    bucket: str
    orchestrator_arn: str
    # An input that arrives when it is older than this may have missed the runbook's last pass.
    late: timedelta
    sweep_hours: int  # for which an arrival is kept

    def start_all(self, inputs: Iterable[InputVersion]) -> TriggerResult:
        """Start the runs that are this Region's and unfinished. To repeat it changes nothing."""
        result: TriggerResult = {"started": [], "skipped": []}
        for version in inputs:
            attempt, is_started = self._start(version)
            message = "Started" if is_started else "Skipped: it has ended, or is not this Region's"
            logger.info(message, run_id=attempt.run_id, attempt=attempt.number)
            result["started" if is_started else "skipped"].append(attempt.run_id)
        return result

    def _start(self, version: InputVersion) -> tuple[AttemptId, bool]:
        # A notification has no metadata.
        head = self.s3.head_object(
            Bucket=self.bucket, Key=version.key, VersionId=version.version_id
        )
        attempt, item = AttemptId(version.run_id, 1), None
        marks = marks_of(version.key, head.get("Metadata", {}))
        items = self.state.attempts(marks.attempt.run_id) if marks else []
        if marks and (copied := self._item_of_copy(version, marks, items)):
            attempt, item = marks.attempt, copied
        elif marks and not any(marks.name(other) for other in items):
            self._leave_to_the_reconciler(version)
        else:
            item = self._item_of_upload(version, attempt, head)
        is_own = item is not None and item["region"] == self.state.region
        is_to_start = is_own and item is not None and item["status"] == STARTED
        if is_to_start:
            self._start_execution(version, attempt)
        return attempt, is_to_start

    def _item_of_copy(self, version: InputVersion, marks: Marks, items: list[Item]) -> Item | None:
        """Return the item of the attempt that the version is the copy for; None for an upload.

        Only the item that confirms the marks makes them count. It may be the other Region's, whose
        copy replicates like any object.
        """
        for item in items:
            if marks.are_confirmed_by(item, version.version_id) and (
                item["region"] != self.state.region
                or self.state.record_copy(marks.attempt, marks.token, version.version_id)
            ):
                return item
        logger.warning("Marks that no attempt confirms", run_id=version.run_id)
        return None

    def _leave_to_the_reconciler(self, version: InputVersion) -> None:
        """Note a version with marks of an attempt that is not visible, and ring the alarm.

        It may be a copy of the other Region whose item is on its way: then it must not be begun. A
        pass looks again, and reports it to a person as long as the attempt is not visible.
        """
        self.state.create(arrival_item(version, self.state.region, self.sweep_hours))
        count("FilesNotReconciled")

    def _item_of_upload(
        self, version: InputVersion, attempt: AttemptId, head: HeadObjectOutputTypeDef
    ) -> Item | None:
        """Return this Region's item of the first attempt, and make it if the run has none.

        An item that says STARTED may be all that an earlier try achieved, so it is started again.
        """
        items = self.state.attempts(attempt.run_id)
        if not items:
            self.state.create(attempt_item(attempt, self.state.region, version))
            return self.state.own(attempt)
        own = [item for item in items if item["region"] == self.state.region]
        if not own:
            self._report_left_behind(items, head)
        return next((item for item in own if item["attempt"] == attempt.number), None)

    def _report_left_behind(self, items: list[Item], head: HeadObjectOutputTypeDef) -> None:
        """Count an unfinished run of the other Region whose input missed the runbook's last pass.

        The alarm on the metric makes somebody start the runbook again (docs/decisions.md). A
        replica is as old as its source.
        """
        is_late = datetime.now(UTC) - head["LastModified"] > self.late
        if is_late and not run_of_items(items).is_closed:
            logger.warning("A late input of the other Region", run_id=items[0]["run_id"])
            count("FilesNotReconciled")

    def _start_execution(self, version: InputVersion, attempt: AttemptId) -> None:
        """Start the execution, unless it exists.

        While an execution runs, StartExecution succeeds again for the same name and input, so the
        input has nothing that differs between two events of a version:
        https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
        """
        execution_input = {
            "run_id": attempt.run_id,
            "attempt": attempt.number,
            "attempt_id": attempt.name,
            "key": version.key,
            "version_id": version.version_id,
        }
        try:
            self.stepfunctions.start_execution(
                stateMachineArn=self.orchestrator_arn,
                name=attempt.name,
                input=json.dumps(execution_input),
            )
        except self.stepfunctions.exceptions.ExecutionAlreadyExists:
            logger.info("The execution has ended already", run_id=attempt.run_id)
