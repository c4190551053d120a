"""Takes one unfinished file over to this Region. Every step may be repeated at any time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from common.arrivals import Arrivals
from common.attempts import AttemptId
from common.input_versions import InputUnavailable
from common.observability import logger
from common.run_state import FAILED, STARTED, UNCERTAIN
from common.runs import InputVersion, Item, id_of, is_mail_uncertain, run_of_items, version_of
from common.state_table import StateTable
from reconciler.beginning import Beginner
from reconciler.input_bucket import InputBucket
from reconciler.report import FOR_PEOPLE, Outcome, Report

# Any Region would refuse these again.
PERMANENT_ERRORS = {"InputRefused"}
# The reconciler's first attempt at a run that has none: the upload's own event may still begin the
# first.
FIRST_REQUEUED_ATTEMPT = 2


@dataclass(frozen=True)
class Takeover:
    """Takes files over to the Region of `state` and `bucket`, where `running` executions run.

    An attempt of this Region may be without an execution for `grace_seconds`.
    """

    state: StateTable
    bucket: InputBucket
    running: frozenset[str]
    grace_seconds: int
    report: Report

    def take_over_run(self, item: Item) -> None:
        """Take over the run of an attempt that is not COMPLETED, and report the outcome."""
        self._report(item, self._take_over)

    def start_arrival(self, item: Item) -> None:
        """Begin the run of an input that arrived while the Region was passive, and report it."""
        self._report(item, self._start)

    def own_arrivals(self, arrivals: list[Item]) -> list[Item]:
        """Return those of this Region whose runs may not have begun.

        Of the others the other Region takes care when it is active.
        """
        own = [item for item in arrivals if self._is_own(item)]
        run_ids_begun = self.state.begun_elsewhere(own)
        return [item for item in own if item["run_id"] not in run_ids_begun]

    def is_running(self, item: Item) -> bool:
        """Tell whether this Region's attempt is running, or too new to have an execution."""
        begun_at = item.get("begun_at")
        age = datetime.now(UTC) - datetime.fromisoformat(begun_at) if begun_at else timedelta.max
        return age < timedelta(seconds=self.grace_seconds) or id_of(item).name in self.running

    def own_open(self, items: Iterable[Item]) -> list[AttemptId]:
        """Return this Region's attempts that could still claim their mail."""
        return [
            id_of(item)
            for item in items
            if self._is_own(item) and item["status"] == STARTED and not is_mail_uncertain(item)
        ]

    def _report(self, item: Item, work: Callable[[Item], Outcome | None]) -> None:
        outcome: Outcome | None
        try:
            outcome = work(item)
        except InputUnavailable as refusal:
            outcome = refusal.outcome
            logger.warning("S3 refuses the input", run_id=item["run_id"], reason=str(refusal))
        except Exception:  # one file must not keep the others from being taken over
            logger.exception("Not taken over", run_id=item["run_id"])
            outcome = "errors"
        if outcome in FOR_PEOPLE:
            logger.warning("A person must decide", run_id=item["run_id"], outcome=outcome)
        if outcome:
            self.report.add(outcome, item["key"])

    def _take_over(self, item: Item) -> Outcome | None:
        items = self.state.attempts(item["run_id"])
        run = run_of_items(items)
        if run.is_closed:
            self._supersede_leftovers(items)
            return "finished" if item["status"] == STARTED else None
        if run.status == UNCERTAIN:
            return "uncertain"  # the mail may have been sent: docs/decisions.md
        latest = [other for other in items if other["attempt"] == run.number]
        if any(map(self._has_failed, latest)):
            return "failed"
        own = [other for other in latest if self._is_own(other) and other["status"] == STARTED]
        if any(map(self.is_running, own)):
            return "running"
        attempt = AttemptId(item["run_id"], run.number + 1)
        return self._begin(attempt, version_of(item), item["started_at"], self.own_open(items))

    def _has_failed(self, item: Item) -> bool:
        """Tell whether the attempt failed for good, and somebody was told."""
        is_told = item.get("error") in PERMANENT_ERRORS and "mail_message_id" in item
        return item["status"] == FAILED and (self._is_own(item) or is_told)

    def _supersede_leftovers(self, items: list[Item]) -> None:
        """Clean up what is ours of a closed run: attempts that ended without a trace."""
        for item in items:
            is_left = self._is_own(item) and item["status"] == STARTED
            if is_left and not self.is_running(item):
                self.state.supersede(id_of(item))

    def _start(self, arrival: Item) -> Outcome | None:
        """Begin the run of an arrival, however young it is. Return None for one that needs none.

        If the event of the upload begins the first attempt after all, that gives way.
        """
        state = Arrivals(self.state, self.bucket).state_of(arrival)
        if state in ("unconfirmed", "withdrawn"):
            return state
        outcome: Outcome | None = None
        if state == "waiting":
            attempt = AttemptId(arrival["run_id"], FIRST_REQUEUED_ATTEMPT)
            outcome = self._begin(attempt, version_of(arrival), arrival["started_at"])
        self.state.delete_arrival(arrival["run_id"])
        return outcome

    def _begin(
        self,
        attempt: AttemptId,
        version: InputVersion,
        started_at: str,
        earlier: Iterable[AttemptId] = (),
    ) -> Outcome:
        return Beginner(self.state, self.bucket).begin(attempt, version, started_at, earlier)

    def _is_own(self, item: Item) -> bool:
        return bool(item["region"] == self.state.region)
