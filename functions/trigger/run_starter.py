"""Starts the runs of new inputs: first the row, then the execution, each at most once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypedDict

from common.attempts import Attempt, attempt_of
from common.observability import count, logger
from common.state_table import StateTable, now
from trigger.s3_event import Input

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_stepfunctions import SFNClient


class Started(TypedDict):
    """Run ids, by what was done."""

    started: list[str]
    skipped: list[str]


class Starter:
    """Starts runs on the `machine`. An input that comes `late` may have missed the runbook."""

    def __init__(
        self,
        s3: S3Client,
        bucket: str,
        stepfunctions: SFNClient,
        machine: str,
        state: StateTable,
        late: timedelta,
    ) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._stepfunctions = stepfunctions
        self._machine = machine
        self._state = state
        self._late = late

    def start(self, region: str, found: Iterable[Input]) -> Started:
        """Start what is this Region's and unfinished. Again is safe: it changes nothing."""
        result: Started = {"started": [], "skipped": []}
        for one in found:
            attempt, age = self._attempt(one)
            ours = self._own(region, one, attempt)
            if ours:
                self._execute(one, attempt)
            elif age > self._late:
                self._tell_if_left(region, attempt)
            message = "Started" if ours else "Skipped: not ours to start"
            logger.info(message, run_id=attempt.run_id, attempt=attempt.number)
            result["started" if ours else "skipped"].append(attempt.run_id)
        return result

    def _attempt(self, one: Input) -> tuple[Attempt, timedelta]:
        """With the age of the version, which a replica has from its source.

        The notification says nothing of metadata, so that has to be asked for.
        """
        head = self._s3.head_object(Bucket=self._bucket, Key=one.key, VersionId=one.version_id)
        age = datetime.now(UTC) - head["LastModified"]
        return attempt_of(one.key, one.version_id, head.get("Metadata", {})), age

    def _own(self, region: str, one: Input, attempt: Attempt) -> bool:
        """Whether the attempt is this Region's to start; makes the row of an upload.

        A row that stands as STARTED may be all that an earlier try got done, so it is started
        again. The row of a later attempt was written by the reconciler, before it made the copy.
        """
        if attempt.number == 1 and self._state.create(_row(region, one, attempt)):
            return True
        row = self._state.get(attempt.run_id)
        return row is not None and (row["status"], row["region"], row["attempt"]) == (
            "STARTED",
            region,
            attempt.number,
        )

    def _tell_if_left(self, region: str, attempt: Attempt) -> None:
        """An unfinished run of the other Region, whose input got here after the runbook's last pass
        (docs/decisions.md). The alarm makes somebody start the runbook again.
        """
        row = self._state.get(attempt.run_id) or {}
        if row.get("region") != region and row.get("status") in ("STARTED", "FAILED"):
            logger.warning("Came late, and the other Region's", run_id=attempt.run_id)
            count("FilesNotReconciled")

    def _execute(self, one: Input, attempt: Attempt) -> None:
        """StartExecution succeeds again for the same name and input while that runs (its docs).

        So the input holds nothing that differs from one event to the next. After the end it answers
        ExecutionAlreadyExists, which is as good.
        """
        given = {
            "run_id": attempt.run_id,
            "attempt": attempt.number,
            "attempt_id": attempt.id,
            "key": one.key,
            "version_id": one.version_id,
        }
        try:
            self._stepfunctions.start_execution(
                stateMachineArn=self._machine, name=attempt.id, input=json.dumps(given)
            )
        except self._stepfunctions.exceptions.ExecutionAlreadyExists:
            logger.info("The execution exists already", run_id=attempt.run_id)


def _row(region: str, one: Input, attempt: Attempt) -> dict[str, str | int]:
    at = now()
    return {
        "run_id": attempt.run_id,
        "key": one.key,
        "version_id": one.version_id,
        "size": one.size,
        "status": "STARTED",
        "region": region,
        "attempt": attempt.number,
        "started_at": at,
        "updated_at": at,
    }
