"""What a plan consists of: which files come, which faults occur when, who becomes active then.

Moments are events, never times of a clock. Regions are roles: in each phase the ``active`` one is
left for the ``standby``, and in the second phase they have changed places.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

When = Literal["before", "after"]
Role = Literal["active", "standby"]
Service = Literal["s3", "dynamodb"]
RegionalService = Literal["s3", "dynamodb", "stepfunctions", "sesv2"]
EventDelay = Literal["no", "behind another", "after the runbook"]
# Seconds that the runbook waits, by default.
FENCE_WAIT = 180.0
REPLICATION_WAIT = 780.0


@dataclass(frozen=True)
class AtState:
    """The first time that an execution for the file of this number enters or leaves the state."""

    when: When
    state: str
    file: int

    def __str__(self) -> str:
        return f"{self.when} the state '{self.state}' of file {self.file}"


@dataclass(frozen=True)
class AtCall:
    """The ``nth`` call of a phase that ``caller`` makes, before it or when it has succeeded.

    ``caller``: a function's name, ``states`` or ``runbook``; ``action``: ``service:Operation``, or
    ``lambda:<function>`` for its invocation.
    """

    when: When
    caller: str
    action: str
    nth: int = 1

    def __str__(self) -> str:
        return f"{self.when} call {self.nth} of {self.action} by {self.caller}"


Moment = AtState | AtCall


@dataclass(frozen=True)
class Outage:
    """The whole Region is out until the runbook has ended, or until ``end``."""

    role: Role
    end: AtCall | None = None

    def __str__(self) -> str:
        end = f", and comes back {self.end}" if self.end else ""
        return f"the {self.role} Region goes out{end}"


@dataclass(frozen=True)
class CutOff:
    """The functions of the active Region do not reach the service, as in a FIS experiment."""

    service: Service

    def __str__(self) -> str:
        return f"the active Region's functions are cut off from {self.service}"


@dataclass(frozen=True)
class ServiceOutage:
    """One service of a Region gives no answer to anybody; the rest of the Region works."""

    role: Role
    service: RegionalService

    def __str__(self) -> str:
        return f"{self.service} of the {self.role} Region gives no answer"


@dataclass(frozen=True)
class DnsFault:
    """The resolvers of a Region keep an old answer beyond its TTL, or answer nothing."""

    role: Role
    kind: Literal["stale", "silent"]

    def __str__(self) -> str:
        return f"DNS in the {self.role} Region is {self.kind}"


@dataclass(frozen=True)
class ReplicationPause:
    """Replication between the Regions pauses, both ways, until the runbook has ended."""

    kind: Literal["objects", "rows"]

    def __str__(self) -> str:
        return f"replication of {self.kind} pauses"


@dataclass(frozen=True)
class ExecutionSleep:
    """The execution that comes by sleeps until the runbook has ended."""

    def __str__(self) -> str:
        return "the execution falls asleep"


@dataclass(frozen=True)
class LateExecution:
    """Replication of rows pauses, and the execution that comes by sleeps: it goes on when the other
    Region has done its work, and of that it then sees nothing.
    """

    def __str__(self) -> str:
        return "replication of rows pauses, and the execution is late"


@dataclass(frozen=True)
class InputDeletion:
    """The user deletes the file: the key gets a delete marker, or its oldest version is gone."""

    is_for_good: bool

    def __str__(self) -> str:
        return f"the user deletes the file{' for good' if self.is_for_good else ''}"


@dataclass(frozen=True)
class ExecutionStop:
    """The execution that comes by, or the one that it is a part of, is stopped."""

    def __str__(self) -> str:
        return "somebody stops the execution"


@dataclass(frozen=True)
class ConnectionLoss:
    """The connection breaks: the request is lost before the call, its reply after it."""

    def __str__(self) -> str:
        return "the connection breaks"


@dataclass(frozen=True)
class Refusal:
    """This call and the next ones like it are refused, ``times`` in all."""

    code: str
    status: int
    times: int

    def __str__(self) -> str:
        return f"the call is refused with {self.code}, {self.times} times"


@dataclass(frozen=True)
class RunbookCancellation:
    """Somebody cancels the runbook; the operator starts it again."""

    def __str__(self) -> str:
        return "somebody cancels the runbook"


@dataclass(frozen=True)
class SecondRunbook:
    """A second operator starts the same runbook."""

    def __str__(self) -> str:
        return "somebody starts the runbook a second time"


Fault = (
    Outage
    | CutOff
    | ServiceOutage
    | DnsFault
    | ReplicationPause
    | ExecutionSleep
    | LateExecution
    | ExecutionStop
    | InputDeletion
    | ConnectionLoss
    | Refusal
    | RunbookCancellation
    | SecondRunbook
)


@dataclass(frozen=True)
class Injection:
    """A fault, and the moment at which it occurs."""

    at: Moment
    fault: Fault

    def __str__(self) -> str:
        return f"{self.at}: {self.fault}"


@dataclass(frozen=True)
class File:
    """``rejects`` of its rows are bad. It arrives at once or at a moment, in a Region's bucket.

    ``same_name_as`` is the number of an earlier file whose name it shares; so is ``restores``, of
    which it is a version that the user copies onto its key, and ``forges``, of which its metadata
    say that it continues it. Its event comes a second time if ``repeat`` says so, and in the active
    Region later if ``delay`` does.
    """

    number: int
    rows: int
    rejects: int
    region: Role
    arrival: Moment | None = None
    same_name_as: int | None = None
    repeat: Literal["no", "at once", "after the runbook"] = "no"
    delay: EventDelay = "no"
    restores: int | None = None
    forges: int | None = None

    @property
    def namesake(self) -> int | None:
        """The number of the earlier file whose key it has."""
        return self.same_name_as or self.restores or self.forges

    def __str__(self) -> str:
        details = [f"{self.rejects} of them bad"] if self.rejects else []
        details += [f"named as file {self.same_name_as}"] if self.same_name_as else []
        details += [f"restores file {self.restores}"] if self.restores else []
        details += [f"claims to continue file {self.forges}"] if self.forges else []
        details += [f"its event comes twice ({self.repeat})"] if self.repeat != "no" else []
        details += [f"its event comes late ({self.delay})"] if self.delay != "no" else []
        words = "".join(f", {detail}" for detail in details)
        arrival = f" {self.arrival}" if self.arrival else ""
        return f"file {self.number}: {self.rows} rows{words}, to the {self.region} Region{arrival}"


@dataclass(frozen=True)
class Phase:
    """Files and faults; at ``flip``, or when all is at rest, the runbook starts in the standby.

    ``endpoints`` are those of ARC that misbehave then, by place in its list. ``turns_back``: once
    the runbook has run, it runs in the Region that was left, and then in the standby again.
    """

    files: tuple[File, ...]
    injections: tuple[Injection, ...]
    flip: Moment | None
    endpoints: tuple[tuple[int, str], ...] = ()
    turns_back: bool = False

    def lines(self) -> list[str]:
        lines = [str(item) for item in (*self.files, *self.injections)]
        lines += [f"ARC's endpoint {place} is {mode}" for place, mode in self.endpoints]
        lines.append(f"the runbook starts {self.flip or 'when all is at rest'}")
        if self.turns_back:
            lines.append("then the operator turns back, and forth again")
        return lines


@dataclass(frozen=True)
class Plan:
    """Failover, then failback. Lags of replication in AWS seconds."""

    seed: int
    objects_lag: float
    rows_lag: float
    phases: tuple[Phase, Phase]

    @property
    def files(self) -> list[File]:
        return [file for phase in self.phases for file in phase.files]

    def __str__(self) -> str:
        lines = [
            f"seed {self.seed}: replication takes {self.objects_lag:g} s for objects"
            f" and {self.rows_lag:g} s for rows"
        ]
        for name, phase in zip(("failover", "failback"), self.phases, strict=True):
            lines += [f"  {name}", *(f"    {line}" for line in phase.lines())]
        return "\n".join(lines)
