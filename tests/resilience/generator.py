"""Makes the plan of a seed: the same seed always makes the same plan."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from tests.resilience.plan import (
    FENCE_WAIT,
    REPLICATION_WAIT,
    AtCall,
    AtState,
    ConnectionLoss,
    CutOff,
    DnsFault,
    EventDelay,
    ExecutionSleep,
    ExecutionStop,
    Fault,
    File,
    Injection,
    InputDeletion,
    LateExecution,
    Moment,
    Outage,
    Phase,
    Plan,
    Refusal,
    ReplicationPause,
    Role,
    RunbookCancellation,
    SecondRunbook,
    ServiceOutage,
    When,
)
from tools.harness.shell import ROOT

# What the product calls on a file's way, by who calls. A mail is not among them: that its reply is
# lost is the one thing after which a person decides (docs/decisions.md).
CALLS = (
    ("trigger", "s3:HeadObject"),
    ("trigger", "dynamodb:Query"),
    ("trigger", "dynamodb:PutItem"),
    ("trigger", "dynamodb:GetItem"),
    ("trigger", "stepfunctions:StartExecution"),
    ("splitter", "s3:GetObject"),
    ("splitter", "s3:PutObject"),
    ("reader", "s3:GetObject"),
    ("writer", "s3:PutObject"),
    ("merger", "s3:GetObject"),
    ("merger", "s3:PutObject"),
    ("enricher", "dynamodb:BatchGetItem"),
    ("emailer", "dynamodb:GetItem"),
    ("emailer", "dynamodb:Query"),
    ("emailer", "dynamodb:UpdateItem"),
    ("states", "dynamodb:UpdateItem"),
    ("states", "s3:HeadObject"),
    ("states", "lambda:splitter"),
    ("states", "lambda:reader"),
    ("states", "lambda:validator"),
    ("states", "lambda:writer"),
    ("states", "lambda:merger"),
    ("states", "lambda:emailer"),
)
FLIP = ("failover", "route53-recovery-cluster:UpdateRoutingControlStates")
# What it calls while it fails over.
RUNBOOK_CALLS = (
    FLIP,
    ("failover", "route53-recovery-cluster:GetRoutingControlState"),
    ("runbook", "lambda:failover"),
    ("runbook", "lambda:reconciler"),
    ("reconciler", "dynamodb:Query"),
    ("reconciler", "dynamodb:UpdateItem"),
    ("reconciler", "dynamodb:PutItem"),
    ("reconciler", "dynamodb:DeleteItem"),
    ("reconciler", "stepfunctions:ListExecutions"),
    ("reconciler", "s3:HeadObject"),
    ("reconciler", "s3:CopyObject"),
    ("reconciler", "sns:Publish"),
)
# Reached only if a chunk, or a run, fails: a fault before has to see to that.
CHUNK_FAILS = {"Wait before the next try", "Say why the chunk failed", "Note why the chunk failed",
               "Chunk failed"}  # fmt: skip
RUN_FAILS = {"Put the failure into words", "Ask whether the run is still ours",
             "Is the failure ours to tell?", "Record the failure", "Tell the operators",
             "Mail the failure", "Run failed"}  # fmt: skip
# Reached only if a chunk does not succeed at once.
CHUNK_AGAIN = {"Wait a moment", "Run the Chunk Processor again", "Is the chunk done?", "Chunk done",
               "Fail the chunk"}  # fmt: skip
NEEDS_REJECTS = "Store rejected record"
# One more than Step Functions tries again, for every try of a chunk.
TRIES, TRY, CHUNK_TRIES = 13, 4, 4 * 5
# So often a chunk that is throttled tries before it gives way to others, in each of two runs.
THROTTLED_TRIES = 2 * 9
# So often a chunk looks for a slot, twice, for each of four chunks.
LOOKS = 5 * 2 * 4
IS_THROTTLED = {"Wait for capacity"}
IS_CROWDED = {"Wait for a slot", "No slot is free"}
# AWS seconds: what takes so long comes after the runbook's last pass.
SLOW = FENCE_WAIT + REPLICATION_WAIT + 100.0
EVENT_DELAYS: tuple[EventDelay, ...] = ("no", "behind another", "after the runbook")
READ, MERGE = "lambda:reader", "lambda:merger"
TAKE = "dynamodb:UpdateItem"


def states() -> list[str]:
    """Every state of both workflows, in the order of their definitions."""
    files = ("main-orchestrator.asl.json", "chunk-processor.asl.json")
    machines = [json.loads((ROOT / "statemachines" / name).read_text()) for name in files]
    return [name for machine in machines for name in _names(machine)]


def _names(graph: dict[str, Any]) -> Iterator[str]:
    for name, state in graph["States"].items():
        yield name
        if "ItemProcessor" in state:
            yield from _names(state["ItemProcessor"])


def make_plan(seed: int) -> Plan:
    rng = Random(seed)  # noqa: S311 - the point is that it can be repeated
    first = _phase(rng, first_file=1, most_files=4)
    second = _phase(rng, first_file=1 + len(first.files), most_files=2)
    return Plan(
        seed,
        objects_lag=rng.choice([1.0, 5.0, 5.0, 60.0, SLOW]),
        rows_lag=rng.choice([0.5, 0.5, 1.0, 1.0, 5.0, 5.0, 20.0, 20.0, SLOW]),
        phases=(first, second),
    )


def _phase(rng: Random, first_file: int, most_files: int) -> Phase:
    numbers = list(range(first_file, first_file + rng.randint(1, most_files)))
    at = _moment(rng, numbers)
    injections = [*_prerequisites(at), Injection(at, _main_fault(rng, at))]
    injections += [_transient_fault(rng) for _ in range(rng.choice([0, 0, 1, 2]))]
    injections += [_fault_during_runbook(rng) for _ in range(rng.choice([0, 0, 1, 1, 2]))]
    flip = rng.choice([at, at, at, None, _moment(rng, numbers)])
    return Phase(
        files=tuple(_file(rng, number, numbers, at) for number in numbers),
        injections=tuple(injections),
        flip=flip,
        endpoints=_endpoints(rng),
        turns_back=rng.random() < 0.1,
    )


def _moment(rng: Random, numbers: list[int]) -> Moment:
    if rng.random() < 0.25:
        caller, action = rng.choice(CALLS)
        return AtCall(_when(rng), caller, action, rng.randint(1, 2 * len(numbers)))
    return AtState(_when(rng), rng.choice(states()), rng.choice(numbers))


def _when(rng: Random) -> When:
    return "before" if rng.random() < 0.5 else "after"


def _prerequisites(at: Moment) -> list[Injection]:
    """The faults that make a run fail or wait, so that it comes to the states of that."""
    if isinstance(at, AtState) and at.state in CHUNK_FAILS:
        return [Injection(AtCall("before", "states", READ), _service_error(CHUNK_TRIES))]
    if isinstance(at, AtState) and at.state in CHUNK_AGAIN:
        return [Injection(AtCall("before", "states", READ), _service_error(TRY))]
    if isinstance(at, AtState) and at.state in RUN_FAILS:
        return [Injection(AtCall("before", "states", MERGE), _service_error(TRIES))]
    if isinstance(at, AtState) and at.state in IS_THROTTLED:
        return [Injection(AtCall("before", "states", READ), _throttling(READ, THROTTLED_TRIES))]
    if isinstance(at, AtState) and at.state in IS_CROWDED:
        return [Injection(AtCall("before", "states", TAKE), _taken_slot())]
    return []


def _main_fault(rng: Random, at: Moment) -> Fault:
    faults: list[Fault] = [
        *[Outage("active", _outage_end(rng)) for _ in range(4)],
        CutOff("s3"),
        CutOff("dynamodb"),
        _service_outage(rng, "active"),
        _dns_fault(rng, "active"),
        _dns_fault(rng, "active"),
        ReplicationPause("objects"),
        ReplicationPause("rows"),
    ]
    if isinstance(at, AtState):
        faults += [ExecutionSleep(), ExecutionSleep(), ExecutionSleep(), ExecutionStop()]
        faults += [LateExecution()] * (8 if at.state in CHUNK_FAILS | RUN_FAILS else 4)
        faults += [InputDeletion(is_for_good=rng.random() < 0.5)]
    return rng.choice(faults)


def _service_outage(rng: Random, role: Role) -> ServiceOutage:
    return ServiceOutage(role, rng.choice(("s3", "dynamodb", "stepfunctions", "sesv2")))


def _dns_fault(rng: Random, role: Role) -> DnsFault:
    return DnsFault(role, rng.choice(("stale", "silent")))


def _outage_end(rng: Random) -> AtCall | None:
    """A moment while the other Region takes over, or None: after the runbook."""
    if rng.random() < 0.5:
        return None
    caller, action = rng.choice(RUNBOOK_CALLS)
    return AtCall(_when(rng), caller, action, rng.randint(1, 2))


def _transient_fault(rng: Random) -> Injection:
    """A fault that a retry mends."""
    caller, action = rng.choice(CALLS)
    at = AtCall(_when(rng), caller, action, rng.randint(1, 4))
    if at.when == "after":
        return Injection(at, ConnectionLoss())
    faults: list[Fault] = [ConnectionLoss(), _throttling(action, rng.randint(1, 2))]
    return Injection(at, rng.choice(faults))


def _taken_slot() -> Refusal:
    return Refusal("ConditionalCheckFailedException", 400, LOOKS)


def _service_error(times: int) -> Refusal:
    """An error that is not throttling, which would be waited out."""
    return Refusal("ServiceException", 500, times)


def _throttling(action: str, times: int) -> Refusal:
    """The refusal of the service that is called too often, in its own words."""
    if action.startswith("lambda:"):
        return Refusal("TooManyRequestsException", 429, times)
    if action.startswith("s3:"):
        return Refusal("SlowDown", 503, times)
    return Refusal("ThrottlingException", 400, times)


def _fault_during_runbook(rng: Random) -> Injection:
    caller, action = rng.choice((FLIP, FLIP, *RUNBOOK_CALLS))
    at = AtCall(_when(rng), caller, action, rng.randint(1, 3))
    faults: list[Fault] = [RunbookCancellation(), SecondRunbook()]
    faults += [ConnectionLoss(), ConnectionLoss()]
    faults += [ReplicationPause("objects"), ReplicationPause("rows")]
    faults += [Outage("standby"), Outage("active")]
    faults += [_service_outage(rng, "standby"), _dns_fault(rng, "standby")]
    return Injection(at, rng.choice(faults))


def _endpoints(rng: Random) -> tuple[tuple[int, str], ...]:
    places = rng.sample(range(5), rng.choice([0, 0, 1, 1, 2, 3]))
    modes = ("down", "down", "unavailable", "slow", "stale", "loses_reply")
    return tuple((place, rng.choice(modes)) for place in sorted(places))


def _file(rng: Random, number: int, numbers: list[int], at: Moment) -> File:
    rows = rng.choice([1, 2, 9, 10, 11, rng.randint(12, 40)])
    needs_rejects = isinstance(at, AtState) and at.state == NEEDS_REJECTS and at.file == number
    region: Role = "active" if rng.random() < 0.75 else "standby"
    arrives_later = number > numbers[0] and rng.random() < 0.4
    earlier = [other for other in numbers if other < number]
    delay: EventDelay = rng.choices(EVENT_DELAYS, (8, 1, 1))[0]
    namesake = _namesake(rng, number, earlier)
    return File(
        number,
        rows,
        rejects=rng.randint(1, rows) if needs_rejects or rng.random() < 0.4 else 0,
        region=region,
        arrival=_arrival(rng, numbers[0]) if arrives_later else None,
        repeat=rng.choice(["no", "no", "no", "at once", "after the runbook"]),
        delay=delay,
        **namesake,
    )


def _namesake(rng: Random, number: int, earlier: list[int]) -> dict[str, int]:
    """Files share names within a phase; a file of the first phase is restored in the second, too,
    when the Region that took it over has copied it.
    """
    kind = rng.choices(("", "same_name_as", "restores", "forges"), (13, 3, 3, 2))[0]
    candidates = earlier if kind == "same_name_as" else list(range(1, number))
    return {kind: rng.choice(candidates)} if kind and candidates else {}


def _arrival(rng: Random, first: int) -> Moment:
    """While the first file is under way, or while the Region is changed."""
    if rng.random() < 0.5:
        return AtState(_when(rng), rng.choice(states()), first)
    caller, action = rng.choice(RUNBOOK_CALLS)
    return AtCall(_when(rng), caller, action, 1)
