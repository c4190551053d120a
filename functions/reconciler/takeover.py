"""What becomes of one unfinished file. Everything here may be done again at any time.

The row is taken over first and the copy made second: a copy that was not made leaves a row of this
Region without an execution, which the next pass finds.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from common.attempts import Attempt, attempt_of, marks
from common.observability import logger
from common.state_table import Owner, StateTable, now
from reconciler.executions import Executions
from reconciler.input_bucket import Bucket, Version
from reconciler.report import Outcome, Report

# Another Region would refuse it again, and the user has been told why.
REFUSED = {"InputRefused"}


class HandOver:
    """Hands files to `region`, whose bucket and executions these are."""

    def __init__(
        self,
        state: StateTable,
        bucket: Bucket,
        executions: Executions,
        region: str,
        grace_seconds: int,
        report: Report,
    ) -> None:
        self._state = state
        self._bucket = bucket
        self._executions = executions
        self._region = region
        self._grace = timedelta(seconds=grace_seconds)
        self.report = report

    def row(self, row: Mapping[str, Any]) -> None:
        """A row that is STARTED or FAILED."""
        self._done(row["run_id"], row["key"], lambda: self._row(row))

    def version(self, version: Version) -> None:
        """A version whose own run has no row."""
        self._done(version.version_id, version.key, lambda: self._version(version))

    def _done(self, name: str, key: str, work: Any) -> None:
        try:
            outcome: Outcome | None = work()
        except Exception:  # one file must not keep the others from being handed over
            logger.exception("Not handed over", file=name)
            outcome = "errors"
        if outcome in ("missing", "uncertain"):
            logger.warning("Needs a person", file=name, outcome=outcome)
        if outcome:
            self.report.add(outcome, key)

    def _row(self, row: Mapping[str, Any]) -> Outcome:
        if "mail_claimed_at" in row and "mail_message_id" not in row:
            return "uncertain"  # its mail may have gone: a person decides (docs/decisions.md)
        failed = row["status"] == "FAILED"
        if failed and (row["region"] == self._region or row.get("error") in REFUSED):
            return "failed"
        if row["region"] == self._region and self._at_work(row):
            return "running"
        if not self._bucket.has(row["key"], row["version_id"]):
            return "missing"
        if not self._state.take_over(row, self._region):
            return self._changed_meanwhile(row)
        return self._requeue(row["key"], row["version_id"], row["run_id"], int(row["attempt"]) + 1)

    def _at_work(self, row: Mapping[str, Any]) -> bool:
        """Of this Region's attempt; one begun just now may not have an execution yet."""
        begun = datetime.fromisoformat(row.get("requeued_at", row["started_at"]))
        fresh = datetime.now(UTC) - begun < self._grace
        attempt = Attempt(row["run_id"], int(row["attempt"]))
        return fresh or self._executions.running(attempt.id)

    def _changed_meanwhile(self, row: Mapping[str, Any]) -> Outcome:
        current = self._state.get(row["run_id"]) or {}
        return "finished" if current.get("status") in ("COMPLETED", "SUPERSEDED") else "running"

    def _version(self, version: Version) -> Outcome | None:
        """A copy that was made for an attempt has no row of its own: its run has. None for that.

        However young it is: the other Region may have failed to begin it right before the flip, and
        this one skips until its resolver knows of the flip. If its event comes yet, the trigger
        finds the row taken and leaves it.
        """
        metadata = self._bucket.metadata(version.key, version.version_id)
        attempt = attempt_of(version.key, version.version_id, metadata)
        if attempt.number > 1 and self._state.get(attempt.run_id):
            return None
        if version.hidden:
            return "withdrawn"  # its user deleted it before it was ever begun
        if not self._state.create(self._row_of(version, attempt.run_id)):
            return "running"
        return self._requeue(version.key, version.version_id, attempt.run_id, 2)

    def _row_of(self, version: Version, run_id: str) -> dict[str, Any]:
        at = now()
        return {
            "run_id": run_id,
            "key": version.key,
            "version_id": version.version_id,
            "size": version.size,
            "status": "STARTED",
            "region": self._region,
            "attempt": 2,  # the first would be the upload's own, which may still come to be begun
            "started_at": version.modified.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "updated_at": at,
            "requeued_at": at,
        }

    def _requeue(self, key: str, version_id: str, run_id: str, attempt: int) -> Outcome:
        try:
            self._bucket.copy_onto_itself(key, version_id, marks(run_id, version_id, attempt))
        except Exception:
            self._state.not_requeued(run_id, Owner(self._region, attempt))
            raise
        logger.info("Requeued", run_id=run_id, attempt=attempt)
        return "requeued"
