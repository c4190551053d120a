"""Takes one unfinished file over to this Region. Every step may be repeated at any time.

The row is taken over first and the copy is made second. If the copy is not made, the row is this
Region's and has no execution, which the next pass finds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from common.attempts import Attempt, attempt_of_version, copy_metadata
from common.observability import logger
from common.runs import Owner, is_mail_uncertain, started_row
from common.state_table import StateTable
from reconciler.executions import Executions
from reconciler.input_bucket import InputBucket, Version
from reconciler.report import Outcome, Report

# Any Region would refuse these again, and the user has been told why.
PERMANENT_ERRORS = {"InputRefused"}
# A run that has no row starts with its second attempt: the upload's own event may still start the
# first.
FIRST_REQUEUED_ATTEMPT = 2


@dataclass(frozen=True)
class Takeover:
    """Takes files over to `region`, whose bucket and executions these are.

    A row of this Region may be without an execution for `grace_seconds`.
    """

    state: StateTable
    bucket: InputBucket
    executions: Executions
    region: str
    grace_seconds: int
    report: Report

    def take_over_run(self, row: Mapping[str, Any]) -> None:
        """Take over a run whose row is STARTED or FAILED, and report the outcome."""
        self._report(row["run_id"], row["key"], lambda: self._take_over(row))

    def start_input(self, version: Version) -> None:
        """Start the run of an input version that has no row, and report the outcome."""
        self._report(version.version_id, version.key, lambda: self._start(version))

    def _report(self, name: str, key: str, work: Callable[[], Outcome | None]) -> None:
        try:
            outcome = work()
        except Exception:  # one file must not keep the others from being taken over
            logger.exception("Not taken over", file=name)
            outcome = "errors"
        if outcome in ("missing", "uncertain"):
            logger.warning("A person must decide", file=name, outcome=outcome)
        if outcome:
            self.report.add(outcome, key)

    def _take_over(self, row: Mapping[str, Any]) -> Outcome:
        is_owned = row["region"] == self.region
        if is_mail_uncertain(row):
            return "uncertain"  # the mail may have been sent: docs/decisions.md
        if row["status"] == "FAILED" and (is_owned or row.get("error") in PERMANENT_ERRORS):
            return "failed"
        if is_owned and self._is_running(row):
            return "running"
        if not self.bucket.has(row["key"], row["version_id"]):
            return "missing"
        if not self.state.take_over(row, self.region):
            return self._outcome_of_changed(row)
        return self._requeue(row["key"], row["version_id"], row["run_id"], int(row["attempt"]) + 1)

    def _is_running(self, row: Mapping[str, Any]) -> bool:
        """Tell whether this Region's attempt is running, or too new to have an execution."""
        started = datetime.fromisoformat(row.get("requeued_at", row["started_at"]))
        is_new = datetime.now(UTC) - started < timedelta(seconds=self.grace_seconds)
        attempt = Attempt(row["run_id"], int(row["attempt"]))
        return is_new or self.executions.is_running(attempt.id)

    def _outcome_of_changed(self, row: Mapping[str, Any]) -> Outcome:
        current = self.state.get(row["run_id"]) or {}
        return "finished" if current.get("status") in ("COMPLETED", "SUPERSEDED") else "running"

    def _start(self, version: Version) -> Outcome | None:
        """Start the run, however young the version is. Return None for a copy that has a run.

        The other Region may have failed to start it right before the failover, and this one skips
        events until its resolver knows of the failover. If the event comes after all, the trigger
        finds the row taken and leaves it.
        """
        metadata = self.bucket.metadata(version.key, version.version_id)
        attempt = attempt_of_version(version.key, version.version_id, metadata)
        if attempt.number > 1 and self.state.get(attempt.run_id):
            return None
        if version.is_deleted:
            return "withdrawn"  # its user deleted it before it was started
        owner = Owner(self.region, FIRST_REQUEUED_ATTEMPT)
        uploaded = version.modified.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        row = started_row(
            attempt.run_id, version.key, version.version_id, version.size, owner, uploaded
        )
        if not self.state.create(row | {"requeued_at": row["updated_at"]}):
            return "running"
        return self._requeue(version.key, version.version_id, attempt.run_id, owner.attempt)

    def _requeue(self, key: str, version_id: str, run_id: str, attempt: int) -> Outcome:
        metadata = copy_metadata(run_id, version_id, attempt)
        try:
            self.bucket.copy_onto_itself(key, version_id, metadata)
        except Exception:
            self.state.clear_requeued(run_id, Owner(self.region, attempt))
            raise
        logger.info("Requeued", run_id=run_id, attempt=attempt)
        return "requeued"
