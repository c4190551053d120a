"""What an operator may decide about one run: `make retry` and `make give-up`. Safe to repeat."""

from __future__ import annotations

from typing import TypedDict

from common.attempts import AttemptId
from common.input_versions import InputUnavailable
from common.observability import logger
from common.run_state import GIVEN_UP, STARTED, Run
from common.runs import Item, attempt_item, run_of_items, settled_claims, version_of
from reconciler.beginning import Beginner
from reconciler.report import Outcome
from reconciler.takeover import FIRST_REQUEUED_ATTEMPT, Takeover


class UnknownRun(Exception):
    """No item of the run is visible in this Region."""


class CommandResult(TypedDict):
    """What was done, and the state of the run after it; `attempt` is the highest number."""

    run_id: str
    outcome: str
    attempt: int
    status: str


def retry(takeover: Takeover, run_id: str) -> CommandResult:
    """Begin the next attempt here, whatever became of the mails whose claims are visible."""
    items, run = _read(takeover, run_id)
    return _result(takeover, run_id, _retry(takeover, items, run))


def give_up(takeover: Takeover, run_id: str) -> CommandResult:
    """Close the run for good: no attempt of it publishes, and no pass takes it over."""
    items, run = _read(takeover, run_id)
    outcome = "finished"
    if run.status == GIVEN_UP:
        outcome = "given_up"
    elif not run.is_closed:
        item = attempt_item(
            _next(run, run_id),
            takeover.state.region,
            version_of(items[-1]),
            GIVEN_UP,
            items[-1]["started_at"],
        )
        item |= {"settled": settled_claims(items)}
        outcome = "given_up" if takeover.state.create(item) else "running"
    return _result(takeover, run_id, outcome)


def _retry(takeover: Takeover, items: list[Item], run: Run) -> Outcome:
    if run.is_closed:
        return "finished"
    region = takeover.state.region
    own = [item for item in items if item["region"] == region and item["status"] == STARTED]
    if any(item["attempt"] == run.number and takeover.is_running(item) for item in own):
        return "running"
    beginner = Beginner(takeover.state, takeover.bucket)
    first = items[-1]
    attempt = _next(run, first["run_id"])
    version, started_at, earlier = version_of(first), first["started_at"], takeover.own_open(items)
    settled = settled_claims(items)
    try:
        return beginner.begin(attempt, version, started_at, earlier, settled=settled)
    except InputUnavailable as refusal:
        logger.warning("S3 refuses the input", run_id=attempt.run_id, reason=str(refusal))
        return refusal.outcome


def _read(takeover: Takeover, run_id: str) -> tuple[list[Item], Run]:
    """Return the attempts, or else the arrival, and the state of the run."""
    attempts = takeover.state.attempts(run_id)
    items = attempts or takeover.state.arrivals(run_id)
    if not items:
        raise UnknownRun(f"no attempt at {run_id} is visible in {takeover.state.region}")
    return items, run_of_items(attempts)


def _next(run: Run, run_id: str) -> AttemptId:
    return AttemptId(run_id, max(run.number + 1, FIRST_REQUEUED_ATTEMPT))


def _result(takeover: Takeover, run_id: str, outcome: str) -> CommandResult:
    run = run_of_items(takeover.state.attempts(run_id))
    logger.info("An operator decided", run_id=run_id, outcome=outcome, status=run.status)
    return {"run_id": run_id, "outcome": outcome, "attempt": run.number, "status": run.status}
