"""A state of the model: one uploaded version, two Regions, and all that is under way."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Literal, NamedTuple

Region = Literal["east", "west"]
EAST: Region = "east"
WEST: Region = "west"
REGIONS = (EAST, WEST)


def other(region: Region) -> Region:
    """The Region that this one is not."""
    return WEST if region == EAST else EAST


class Event(NamedTuple):
    """An S3 event on its way to a trigger: of the upload (1), or of a later attempt's copy."""

    region: Region
    number: int


class Execution(NamedTuple):
    """An execution: before the fence, past it, with the mail claimed, with the mail sent."""

    region: Region
    number: int
    stage: Literal["working", "cleared", "claimed", "sent"] = "working"


class Budget(NamedTuple):
    """What may still go wrong, each so many times."""

    flips: int = 2  # runbooks that make the other Region active
    crashes: int = 1  # a process ends between two of its steps, or an SDK's reply is lost
    failures: int = 1  # a run fails for good
    late_chunks: int = 1  # a chunk fails although its run has lost
    stale_dns: int = 1  # the runbook's wait ends before the other Region's resolver has the news


NO_FAULTS = Budget(crashes=0, failures=0, late_chunks=0, stale_dns=0)


@dataclass(frozen=True, slots=True)
class State:
    """Immutable, so that it can be compared and kept in a set."""

    table: Hashable  # the copies of both Regions, and what is on its way between them
    active: Region = EAST
    dns_east: Region = EAST
    dns_west: Region = EAST
    objects: frozenset[Region] = frozenset({EAST})  # Regions whose bucket has the version
    events: frozenset[Event] = frozenset({Event(EAST, 1)})
    executions: frozenset[Execution] = frozenset()
    names: frozenset[tuple[Region, int]] = frozenset()  # of all executions that ever started
    ended_badly: frozenset[tuple[Region, int]] = frozenset()  # for the rule that closes runs
    claims: int = 0
    mails: int = 0
    is_completed: bool = False  # some attempt has completed the run
    is_told: bool = False  # a failure was told, or a report names the file
    is_residual: bool = False  # a mail was claimed while the other Region's claim was on its way
    violation: str = ""
    budget: Budget = NO_FAULTS

    def dns(self, region: Region) -> Region:
        """Which Region is active, by the resolver of this one."""
        return self.dns_east if region == EAST else self.dns_west
