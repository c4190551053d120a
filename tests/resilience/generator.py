"""Makes the plan of a seed. The same seed makes the same plan, always; nothing else is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from tests.resilience.plan import (
    FENCE_WAIT,
    REPLICATION_WAIT,
    Act,
    Again,
    AtCall,
    AtState,
    Cancel,
    CutOff,
    Deed,
    File,
    Late,
    Lose,
    Moment,
    Outage,
    Plan,
    Refuse,
    Role,
    Sleep,
    Stall,
    Stop,
    Strike,
    When,
)
from tools.harness.shell import ROOT

# What the product calls on a file's way, by who calls. A mail is not among them: that its reply is
# lost is the one thing after which a person decides (docs/decisions.md).
CALLS = (
    ("trigger", "s3:HeadObject"),
    ("trigger", "dynamodb:PutItem"),
    ("trigger", "stepfunctions:StartExecution"),
    ("splitter", "s3:GetObject"),
    ("splitter", "s3:PutObject"),
    ("reader", "s3:GetObject"),
    ("writer", "s3:PutObject"),
    ("merger", "s3:GetObject"),
    ("merger", "s3:PutObject"),
    ("enricher", "dynamodb:GetItem"),
    ("emailer", "dynamodb:GetItem"),
    ("emailer", "dynamodb:UpdateItem"),
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
    ("reconciler", "dynamodb:BatchGetItem"),
    ("reconciler", "s3:ListObjectVersions"),
    ("reconciler", "s3:HeadObject"),
    ("reconciler", "s3:CopyObject"),
    ("reconciler", "sns:Publish"),
)
# Reached only if a chunk, or a run, fails: the strike has to see to that first.
CHUNK_FAILS = {"Wait before the next try", "Say why the chunk failed", "Note why the chunk failed",
               "Chunk failed"}  # fmt: skip
RUN_FAILS = {"Put the failure into words", "Ask whether the run is still ours",
             "Is the failure ours to tell?", "Record the failure", "Tell the operators",
             "Mail the failure", "Run failed"}  # fmt: skip
NEEDS_REJECTS = "Store rejected record"
# One more than Step Functions tries, for every try of a chunk.
TRIES, CHUNK_TRIES = 6, 18
# AWS seconds: what takes so long comes after the runbook's last pass.
SLOW = FENCE_WAIT + REPLICATION_WAIT + 100.0
LATENESS: tuple[Late, ...] = ("no", "behind another", "after the runbook")
READ, MERGE = "lambda:reader", "lambda:merger"


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
    chance = Random(seed)  # noqa: S311 - the point is that it can be repeated
    first = _act(chance, first_file=1, most_files=4)
    second = _act(chance, first_file=1 + len(first.files), most_files=2)
    return Plan(
        seed,
        objects_lag=chance.choice([1.0, 5.0, 5.0, 60.0, SLOW]),
        rows_lag=chance.choice([0.5, 0.5, 1.0, 1.0, 5.0, 5.0, 20.0, 20.0, SLOW]),
        acts=(first, second),
    )


def _act(chance: Random, first_file: int, most_files: int) -> Act:
    numbers = list(range(first_file, first_file + chance.randint(1, most_files)))
    at = _moment(chance, numbers)
    strikes = [*_needed_for(at), Strike(at, _main_deed(chance, at))]
    strikes += [_blip(chance) for _ in range(chance.choice([0, 0, 1, 2]))]
    strikes += [_during_the_runbook(chance) for _ in range(chance.choice([0, 0, 1, 1, 2]))]
    flip = chance.choice([at, at, at, None, _moment(chance, numbers)])
    return Act(
        files=tuple(_file(chance, number, numbers, at) for number in numbers),
        strikes=tuple(strikes),
        flip=flip,
        endpoints=_endpoints(chance),
        turns_back=chance.random() < 0.1,
    )


def _moment(chance: Random, numbers: list[int]) -> Moment:
    if chance.random() < 0.25:
        caller, action = chance.choice(CALLS)
        return AtCall(_when(chance), caller, action, chance.randint(1, 2 * len(numbers)))
    return AtState(_when(chance), chance.choice(states()), chance.choice(numbers))


def _when(chance: Random) -> When:
    return "before" if chance.random() < 0.5 else "after"


def _needed_for(at: Moment) -> list[Strike]:
    """What makes a run fail so that the states of a failure are passed."""
    if isinstance(at, AtState) and at.state in CHUNK_FAILS:
        return [Strike(AtCall("before", "states", READ), _throttled(READ, CHUNK_TRIES))]
    if isinstance(at, AtState) and at.state in RUN_FAILS:
        return [Strike(AtCall("before", "states", MERGE), _throttled(MERGE, TRIES))]
    return []


def _main_deed(chance: Random, at: Moment) -> Deed:
    deeds: list[Deed] = [
        *[Outage("active", _back(chance)) for _ in range(4)],
        CutOff("s3"),
        CutOff("dynamodb"),
        Stall("objects"),
        Stall("rows"),
    ]
    if isinstance(at, AtState):
        deeds += [Sleep(), Sleep(), Sleep(), Stop()]
    return chance.choice(deeds)


def _back(chance: Random) -> AtCall | None:
    """The Region that was left wakes up while the other one takes over."""
    if chance.random() < 0.5:
        return None
    caller, action = chance.choice(RUNBOOK_CALLS)
    return AtCall(_when(chance), caller, action, chance.randint(1, 2))


def _blip(chance: Random) -> Strike:
    """Something that retries are for."""
    caller, action = chance.choice(CALLS)
    at = AtCall(_when(chance), caller, action, chance.randint(1, 4))
    if at.when == "after":
        return Strike(at, Lose())
    deeds: list[Deed] = [Lose(), _throttled(action, chance.randint(1, 2))]
    return Strike(at, chance.choice(deeds))


def _throttled(action: str, times: int) -> Refuse:
    """As the service words it that is called too often."""
    if action.startswith("lambda:"):
        return Refuse("TooManyRequestsException", 429, times)
    if action.startswith("s3:"):
        return Refuse("SlowDown", 503, times)
    return Refuse("ThrottlingException", 400, times)


def _during_the_runbook(chance: Random) -> Strike:
    caller, action = chance.choice(RUNBOOK_CALLS)
    at = AtCall(_when(chance), caller, action, chance.randint(1, 3))
    deeds: list[Deed] = [Cancel(), Again(), Lose(), Lose(), Stall("objects"), Stall("rows")]
    deeds += [Outage("standby"), Outage("active")]
    return Strike(at, chance.choice(deeds))


def _endpoints(chance: Random) -> tuple[tuple[int, str], ...]:
    places = chance.sample(range(5), chance.choice([0, 0, 1, 1, 2, 3]))
    modes = ("down", "down", "unavailable", "slow", "stale", "loses_reply")
    return tuple((place, chance.choice(modes)) for place in sorted(places))


def _file(chance: Random, number: int, numbers: list[int], at: Moment) -> File:
    rows = chance.choice([1, 2, 9, 10, 11, chance.randint(12, 40)])
    needed = isinstance(at, AtState) and at.state == NEEDS_REJECTS and at.file == number
    lands: Role = "active" if chance.random() < 0.75 else "standby"
    later = number > numbers[0] and chance.random() < 0.4
    earlier = [one for one in numbers if one < number]
    late: Late = chance.choices(LATENESS, (8, 1, 1))[0]
    return File(
        number,
        rows,
        rejects=chance.randint(1, rows) if needed or chance.random() < 0.4 else 0,
        lands=lands,
        arrives=_arrival(chance, numbers[0]) if later else None,
        of_name=chance.choice(earlier) if earlier and chance.random() < 0.15 else None,
        echo=chance.choice(["no", "no", "no", "at once", "after the runbook"]),
        late=late,
    )


def _arrival(chance: Random, first: int) -> Moment:
    """While the first file is under way, or while the Region is changed."""
    if chance.random() < 0.5:
        return AtState(_when(chance), chance.choice(states()), first)
    caller, action = chance.choice(RUNBOOK_CALLS)
    return AtCall(_when(chance), caller, action, 1)
