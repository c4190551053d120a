"""The state of a run, read from its items: pure logic, without AWS.

A run has one item for each attempt and Region. Each has one writer for life, the Region in its key,
so that no write of one Region can replace what the other has written. What the run's state *is*
follows from reading the items of both Regions together, in whatever order they came over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

# Statuses of an attempt.
STARTED, COMPLETED, FAILED = "STARTED", "COMPLETED", "FAILED"
SUPERSEDED = "SUPERSEDED"  # the attempt gave way; written by its own Region
GIVEN_UP = "GIVEN_UP"  # by an operator's command
# Statuses of a run that no attempt has.
UNKNOWN = "UNKNOWN"  # no attempt at it is visible here
UNCERTAIN = "UNCERTAIN"  # its mail may or may not have been sent; a person decides


class Attempt(NamedTuple):
    """One attempt's item, as far as it matters for the run.

    `is_mailing` says that the attempt claimed a mail and that SES's answer is not known. `settled`
    are the claims, each by number and Region of its attempt, that were visible when an operator
    began this attempt or gave the run up. Claims that came over, or were made, later are not.
    """

    number: int
    region: str
    status: str
    is_mailing: bool = False
    settled: frozenset[tuple[int, str]] = frozenset()


@dataclass(frozen=True)
class Run:
    """`number` is the highest of its attempts; `latest` has those of one Region or of both."""

    status: str
    number: int = 0
    latest: tuple[Attempt, ...] = field(default=())

    @property
    def is_closed(self) -> bool:
        """Whether nobody works on it any more, for good."""
        return self.status in (COMPLETED, GIVEN_UP)

    def latest_of(self, region: str) -> Attempt | None:
        """Return the Region's attempt with the highest number, None if another Region has it."""
        return next((attempt for attempt in self.latest if attempt.region == region), None)


def run_of(attempts: Iterable[Attempt]) -> Run:
    """Return the state of the run that these attempts belong to: docs/protocol.md."""
    in_order = sorted(attempts)
    if not in_order:
        return Run(UNKNOWN)
    number = in_order[-1].number
    latest = tuple(attempt for attempt in in_order if attempt.number == number)
    return Run(_status(in_order, latest), number, latest)


def gives_way(attempts: Iterable[Attempt], region: str, number: int) -> bool:
    """Whether this attempt has to stop short of publishing, by what is visible of the others.

    Of two attempts with the same number neither gives way to the other: DNS decides between their
    Regions, and if both stopped nobody would be left.
    """
    visible = list(attempts)
    claims = open_claims(visible)
    return any(
        other.status in (COMPLETED, GIVEN_UP)
        or (other.number > number and other.status != SUPERSEDED)
        or other in claims
        for other in visible
        if (other.number, other.region) != (number, region)
    )


def open_claims(attempts: Iterable[Attempt]) -> list[Attempt]:
    """Return the attempts whose mail may have been sent, and that no operator has settled."""
    visible = list(attempts)
    settled = {key for attempt in visible for key in attempt.settled}
    return [
        attempt
        for attempt in visible
        if attempt.is_mailing and (attempt.number, attempt.region) not in settled
    ]


def _status(attempts: list[Attempt], latest: tuple[Attempt, ...]) -> str:
    for closed in (COMPLETED, GIVEN_UP):  # for good, whatever attempt came later
        if any(attempt.status == closed for attempt in attempts):
            return closed
    if open_claims(attempts):
        return UNCERTAIN
    statuses = {attempt.status for attempt in latest}
    return next(status for status in (STARTED, FAILED, SUPERSEDED) if status in statuses)
