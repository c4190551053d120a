"""The words of a plan: which files come, what strikes when, and who becomes active after it.

Times are events, never clocks. Regions are roles: in each act the ``active`` one is left for the
``standby``, and in the second act they have changed places.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

When = Literal["before", "after"]
Role = Literal["active", "standby"]
Service = Literal["s3", "dynamodb"]
Late = Literal["no", "behind another", "after the runbook"]
# AWS seconds that the runbook waits: for the fence as on AWS, for replication two minutes, not 15.
FENCE_WAIT = 180.0
REPLICATION_WAIT = 120.0


@dataclass(frozen=True)
class AtState:
    """The first time that an execution for the file of this number enters or leaves the state."""

    when: When
    state: str
    file: int

    def __str__(self) -> str:
        return f"{self.when} '{self.state}' of file {self.file}"


@dataclass(frozen=True)
class AtCall:
    """The ``nth`` call of an act that ``caller`` makes, before it or when it has succeeded.

    ``caller``: a function's name, ``states`` or ``runbook``; ``action``: ``service:Operation``, or
    ``lambda:<function>`` for its invocation.
    """

    when: When
    caller: str
    action: str
    nth: int = 1

    def __str__(self) -> str:
        return f"{self.when} {self.action} of {self.caller} (number {self.nth})"


Moment = AtState | AtCall


@dataclass(frozen=True)
class Outage:
    """The whole Region is out until the runbook has ended, or until ``back``."""

    role: Role
    back: AtCall | None = None

    def __str__(self) -> str:
        until = f", back {self.back}" if self.back else ""
        return f"outage of the {self.role} Region{until}"


@dataclass(frozen=True)
class CutOff:
    """The functions of the active Region reach the service no more, as in a FIS experiment."""

    service: Service

    def __str__(self) -> str:
        return f"the active Region's functions are cut off {self.service}"


@dataclass(frozen=True)
class Stall:
    """Replication between the Regions pauses, both ways, until the runbook has ended."""

    what: Literal["objects", "rows"]

    def __str__(self) -> str:
        return f"replication of {self.what} pauses"


@dataclass(frozen=True)
class Sleep:
    """The execution that comes by sleeps until the runbook has ended."""

    def __str__(self) -> str:
        return "the execution falls asleep"


@dataclass(frozen=True)
class Stop:
    """The execution that comes by, or the one that it is a part of, is stopped."""

    def __str__(self) -> str:
        return "somebody stops the execution"


@dataclass(frozen=True)
class Lose:
    """The connection breaks: the request is lost before the call, its reply after it."""

    def __str__(self) -> str:
        return "the connection breaks"


@dataclass(frozen=True)
class Refuse:
    """This call and the next ones like it are refused, ``times`` in all."""

    code: str
    status: int
    times: int

    def __str__(self) -> str:
        return f"refused with {self.code}, {self.times} times"


@dataclass(frozen=True)
class Cancel:
    """Somebody cancels the runbook; the operator starts it again."""

    def __str__(self) -> str:
        return "the runbook is cancelled"


@dataclass(frozen=True)
class Again:
    """A second operator starts the same runbook."""

    def __str__(self) -> str:
        return "the runbook is started a second time"


Deed = Outage | CutOff | Stall | Sleep | Stop | Lose | Refuse | Cancel | Again


@dataclass(frozen=True)
class Strike:
    at: Moment
    deed: Deed

    def __str__(self) -> str:
        return f"{self.deed} {self.at}"


@dataclass(frozen=True)
class File:
    """``rejects`` of its rows are bad. It arrives at once or at a moment, in a Region's bucket.

    ``of_name`` is the number of an earlier file whose name it shares. Its event comes once more
    ``echo``; in the active Region it comes ``late``: behind another file's, or after the flip.
    """

    number: int
    rows: int
    rejects: int
    lands: Role
    arrives: Moment | None = None
    of_name: int | None = None
    echo: Literal["no", "at once", "after the runbook"] = "no"
    late: Late = "no"

    def __str__(self) -> str:
        extra = [f"{self.rejects} bad"] if self.rejects else []
        extra += [f"same name as file {self.of_name}"] if self.of_name else []
        extra += [f"event twice ({self.echo})"] if self.echo != "no" else []
        extra += [f"event late ({self.late})"] if self.late != "no" else []
        words = "".join(f", {one}" for one in extra)
        arrives = f" {self.arrives}" if self.arrives else ""
        return f"file {self.number}: {self.rows} rows{words}, to the {self.lands} Region{arrives}"


@dataclass(frozen=True)
class Act:
    """Files and strikes; at ``flip``, or when nothing moves any more, the runbook starts in the
    standby. ``endpoints`` are those of ARC that misbehave then, by place in its list.

    ``turns_back``: once the runbook has run, it runs in the left Region again, and then here.
    """

    files: tuple[File, ...]
    strikes: tuple[Strike, ...]
    flip: Moment | None
    endpoints: tuple[tuple[int, str], ...] = ()
    turns_back: bool = False

    def lines(self) -> list[str]:
        found = [str(one) for one in (*self.files, *self.strikes)]
        found += [f"ARC's endpoint {place} is {mode}" for place, mode in self.endpoints]
        found.append(f"the runbook starts {self.flip or 'when nothing moves any more'}")
        if self.turns_back:
            found.append("then the operator turns back, and forth again")
        return found


@dataclass(frozen=True)
class Plan:
    """Failover, then failback. Lags of replication in AWS seconds."""

    seed: int
    objects_lag: float
    rows_lag: float
    acts: tuple[Act, Act]

    def __str__(self) -> str:
        lines = [
            f"seed {self.seed}: replication takes {self.objects_lag:g} s for objects,"
            f" {self.rows_lag:g} s for rows"
        ]
        for name, act in zip(("failover", "failback"), self.acts, strict=True):
            lines += [f"  {name}", *(f"    {line}" for line in act.lines())]
        return "\n".join(lines)
