"""A state of the model: one uploaded version, two Regions, and all that is under way.

A state has three parts: a `Place` for each Region, which only its own steps and replication change,
and the `World` between them.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from common.run_state import Attempt

Region = Literal["east", "west"]
EAST: Region = "east"
WEST: Region = "west"
REGIONS = (EAST, WEST)


def other(region: Region) -> Region:
    """The Region that this one is not."""
    return WEST if region == EAST else EAST


class AttemptKey(NamedTuple):
    """Which attempt, of which Region."""

    number: int
    region: Region


class Item(NamedTuple):
    """The item of an attempt in the Batch State table.

    `claim` tells which try of the emailer has claimed a mail whose end is not known; 0 is none.
    """

    number: int
    region: Region
    status: str
    claim: int = 0
    settled: frozenset[AttemptKey] = frozenset()  # claims that an operator saw
    copy: str = ""  # the version that the item names as its copy
    is_noticed: bool = False  # the user was mailed that the attempt failed

    @property
    def key(self) -> AttemptKey:
        """Key of the item."""
        return AttemptKey(self.number, self.region)

    @property
    def attempt(self) -> Attempt:
        """What common.run_state reads from the item."""
        return Attempt(self.number, self.region, self.status, self.claim > 0, self.settled)


class Marks(NamedTuple):
    """What the metadata of a version claim; forged ones lack the token, which nobody can guess."""

    number: int
    region: Region
    is_forged: bool = False

    @property
    def attempt(self) -> AttemptKey:
        """The attempt that they name."""
        return AttemptKey(self.number, self.region)


class Version(NamedTuple):
    """A version of the input object: the upload, a copy for an attempt, or one that is a stray.

    A stray is an upload with marks: a restored copy, or one whose uploader forged them.
    """

    name: str
    marks: Marks | None = None
    is_stray: bool = False


UPLOAD = Version("the upload")


class Execution(NamedTuple):
    """An execution of an attempt, or a try of the emailer that outlives its reply (an orphan).

    `claim` is the token of its try of the emailer.
    """

    number: int
    stage: Literal["working", "cleared", "looked", "claimed", "sent", "failing"] = "working"
    claim: int = 1
    is_orphan: bool = False

    @property
    def may_publish(self) -> bool:
        """Whether it has passed the fence."""
        return self.stage in ("cleared", "looked", "claimed", "sent")


class Place(NamedTuple):
    """What a Region has, and what it knows of the other one."""

    region: Region
    dns: Region = EAST  # the active Region, by the resolver of this one
    table: frozenset[Item] = frozenset()  # the local copy of the Batch State table
    is_ahead: int = 0  # for tables.SharedRow: 2 if its own last write is the latest of all, or 1
    bucket: frozenset[Version] = frozenset()
    is_readable: bool = True  # the upload is not archived here
    events: frozenset[Version] = frozenset()  # on their way to the trigger
    arrivals: frozenset[Version] = frozenset()
    executions: frozenset[Execution] = frozenset()
    names: frozenset[int] = frozenset()  # attempts of which an execution ever started
    ended_badly: frozenset[int] = frozenset()  # for the rule that closes runs

    @property
    def may_publish(self) -> bool:
        """Whether the Region may still claim a mail: by its DNS, or past the fence."""
        return self.dns == self.region or any(
            execution.may_publish for execution in self.executions
        )


class Budget(NamedTuple):
    """What may still happen, each so many times."""

    flips: int = 2  # runbooks that make the other Region active
    crashes: int = 0  # a process ends between two of its steps
    lost_replies: int = 0  # the emailer is tried again, while its first try may be going on
    failures: int = 0  # a run fails for good
    late_chunks: int = 0  # a chunk fails although its run has lost
    stale_dns: int = (
        0  # the wait for the fence ends before the other Region's resolver has the news
    )
    late_events: int = 0  # the event of a copy comes after the reconciler's time of grace
    slow_claims: int = 0  # time passes between the last look at the items and the claim
    replicas: int = 0  # copies that reach the other bucket; the upload always does
    strays: int = 0  # versions that are uploaded with marks, or restored
    commands: int = 0  # `make retry` and `make give-up`
    archived: int = 0  # the upload is archived in the west from the beginning


class World(NamedTuple):
    """What is between the Regions, and what the invariants need to remember."""

    budget: Budget
    active: Region = EAST  # by ARC
    has_flipped: bool = False
    had_waited: bool = True  # the Region that was active before had waited for the fence
    is_stale: bool = False  # a resolver has answered beyond the TTL
    has_taken_over: bool = (
        False  # since the last flip a pass has begun an attempt, or a mail was claimed
    )
    claims: frozenset[AttemptKey] = frozenset()  # claims of the mail that no operator settled
    mails: int = 0
    completed: frozenset[AttemptKey] = frozenset()
    given_up: AttemptKey | None = None
    is_told: bool = False  # a failure was told, or a report names the file
    residual: str = ""  # a second mail was claimed while an item was on its way: which kind
    strays: frozenset[Version] = frozenset()
    own_runs: frozenset[Version] = frozenset()  # versions with marks that were begun as uploads
    unconfirmed: frozenset[Version] = frozenset()  # versions that a person was told of
    violation: str = ""


class Step(NamedTuple):
    """What a Region does next, and what becomes of its place.

    `deeds` are for the invariants: a verb and its object. `fault` is the entry of the budget that
    it spends. `guard` is what it needs besides its own place: see explorer.py.
    """

    label: str
    place: Place
    deeds: tuple[tuple[str, object], ...] = ()
    fault: str = ""
    guard: Literal["", "resolver", "pass", "mail"] = ""
