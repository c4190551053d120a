"""Begins the next attempt at a run in this Region: its item first, then the copy of the input.

Every step may be repeated at any time. An item without a copy is an attempt without an execution,
which the next pass finds.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from common.attempts import AttemptId, Marks, copy_metadata
from common.input_versions import InputUnavailable
from common.observability import logger
from common.runs import InputVersion, attempt_item
from common.state_table import StateTable
from reconciler.input_bucket import InputBucket
from reconciler.report import Outcome


@dataclass(frozen=True)
class Beginner:
    """Begins attempts by copies within `bucket`, which the trigger of this Region then starts."""

    state: StateTable
    bucket: InputBucket

    def begin(
        self,
        attempt: AttemptId,
        version: InputVersion,
        started_at: str,
        earlier: Iterable[AttemptId] = (),
        *,
        settled: list[list[Any]] | None = None,
    ) -> Outcome:
        """Return "requeued"; "running" if another pass began the attempt, or an earlier one mails.

        `earlier` are open attempts of this Region. They are superseded first, so that none of them
        can claim its mail any more, however long ago it asked the fence. `settled` has the claims
        that an operator settles: common.runs.settled_claims. Nothing is written unless the version
        can be read. Raises InputUnavailable, or what DynamoDB or S3 answered.
        """
        head = self.bucket.head(version)
        if not all(map(self.state.supersede, earlier)):
            return "running"
        token = uuid.uuid4().hex
        item = attempt_item(attempt, self.state.region, version, started_at=started_at)
        item |= {"copy_token": token} | ({} if settled is None else {"settled": settled})
        if not self.state.create(item):
            return "running"
        version_id = self._copy(Marks(attempt, self.state.region, token), version, head)
        if version_id:  # if not, the trigger notes it
            self.state.record_copy(attempt, token, version_id)
        logger.info("Requeued", run_id=attempt.run_id, attempt=attempt.number)
        return "requeued"

    def _copy(self, marks: Marks, version: InputVersion, head: Any) -> str | None:
        """If S3 refuses the copy, the item is deleted; if the copy may exist, the item stays."""
        metadata = copy_metadata(marks, version.version_id)
        try:
            return self.bucket.copy_onto_itself(version, head, metadata)
        except InputUnavailable:
            self.state.withdraw(marks.attempt, marks.token)
            raise
        except Exception:
            self.state.forget_beginning(marks.attempt, marks.token)
            raise
