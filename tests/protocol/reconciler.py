"""A pass of the runbook: functions/reconciler, takeover.py and beginning.py."""

from __future__ import annotations

from collections.abc import Iterator

from common.run_state import FAILED, STARTED, UNCERTAIN, UNKNOWN, Run
from tests.protocol.reading import claims, run_of
from tests.protocol.rules import Rules
from tests.protocol.state import REGIONS, UPLOAD, AttemptKey, Item, Marks, Place, Step, Version
from tests.protocol.tables import Table
from tests.protocol.trigger import confirms, is_visible

FIRST_REQUEUED_ATTEMPT = 2
LAST_ATTEMPT = 4  # of the exploration; the product has no limit
UNREADABLE = (("tells", ""),)


def reconcile(rules: Rules, table: Table, place: Place) -> Iterator[Step]:
    """A pass, which may be cancelled and started again: so each file of it is a step."""
    if place.dns != place.region:
        return
    for step in _take_over(rules, table, place):
        yield step._replace(guard="pass")
    for arrival in sorted(place.arrivals):
        for step in _start_arrival(rules, table, place, arrival):
            yield step._replace(guard="pass")


def _take_over(rules: Rules, table: Table, place: Place) -> Iterator[Step]:
    run = run_of(place)
    if run.is_closed or run.status == UNKNOWN:
        return
    if run.status == UNCERTAIN and rules.leaves_uncertain:
        yield Step(f"a pass in {place.region} reports the mail as uncertain", place, UNREADABLE)
        return
    own = run.latest_of(place.region)
    if own and own.status == FAILED and rules.leaves_failed:
        return
    if own and own.status == STARTED and is_running(place, own.number):
        return
    fault = "late_events" if own and own.status == STARTED and is_coming(place, own.number) else ""
    for step in begin(rules, table, place, next_number(run)):
        if not (step.fault and fault):
            yield step._replace(fault=fault or step.fault)


def _start_arrival(rules: Rules, table: Table, place: Place, arrival: Version) -> Iterator[Step]:
    """Begin what arrived while the Region was passive; an arrival that has a run is deleted."""
    name = f"a pass in {place.region}"
    forgotten = place._replace(arrivals=place.arrivals - {arrival})
    if arrival.marks is not None:
        yield from _start_marked(rules, place, forgotten, arrival, name)
    elif place.table:
        yield Step(f"{name} deletes the arrival of {arrival.name}", forgotten)
    elif rules.keeps_arrivals:
        for step in begin(rules, table, place, FIRST_REQUEUED_ATTEMPT):
            is_end = not step.fault
            yield step._replace(place=_without(step.place, arrival)) if is_end else step
    else:
        yield Step(f"{name} deletes an arrival and crashes", forgotten, fault="crashes")
        yield from begin(rules, table, forgotten, FIRST_REQUEUED_ATTEMPT)


def _start_marked(
    rules: Rules, place: Place, forgotten: Place, arrival: Version, name: str
) -> Iterator[Step]:
    if any(confirms(rules, item, arrival) for item in place.table):
        yield Step(f"{name} deletes the arrival of {arrival.name}", forgotten)
    elif arrival.marks and rules.waits_for_items and not is_visible(place, arrival.marks):
        deeds = (("leaves to a person", arrival),)
        yield Step(f"{name} reports {arrival.name} as unconfirmed", place, deeds)
    else:
        deeds = (("begins as an upload", arrival),)
        yield Step(f"{name} begins {arrival.name} as an upload", forgotten, deeds)


def begin(
    rules: Rules, table: Table, place: Place, number: int, *, by_operator: bool = False
) -> Iterator[Step]:
    """The item first, then the copy, whose event starts the execution."""
    name = f"a pass in {place.region}"
    begins: tuple[tuple[str, object], ...] = (("begins", number),)
    item = Item(number, place.region, STARTED)
    if by_operator:
        name, begins = f"retry in {place.region}", (("settles", claims(place)),)
        item = item._replace(settled=settled(rules, place, number))
    if number > LAST_ATTEMPT:
        return
    written = table.write(place, item)
    if not (place.is_readable and UPLOAD in place.bucket):
        in_vain = place if rules.reads_first else written
        yield Step(f"{name} cannot read the upload", in_vain, UNREADABLE)
        return
    if rules.supersedes_first:
        superseded = _supersede_earlier(table, place)
        if superseded != place:
            label = f"{name} supersedes the earlier attempts and crashes"
            yield Step(label, superseded, fault="crashes")
        place, written = superseded, table.write(superseded, item)
    copy = Version(f"copy {number} of {place.region}", Marks(number, place.region))
    first = written if rules.item_first else _copied(place, copy)
    verb = "writes" if rules.item_first else "copies"
    yield Step(f"{name} {verb} attempt {number} and crashes", first, begins, fault="crashes")
    unrecorded = _copied(written, copy)
    label = f"{name} begins attempt {number} and crashes"
    yield Step(label, unrecorded, begins, fault="crashes")
    copied = _copied(table.write(place, item._replace(copy=copy.name)), copy)
    yield Step(f"{name} begins attempt {number}", copied, begins)
    if not rules.copies_once:
        again = copy._replace(name=f"{copy.name}, made again")
        label = f"{name} begins attempt {number}, and its copy is made twice"
        yield Step(label, _copied(copied, again), begins, fault="lost_replies")


def _supersede_earlier(table: Table, place: Place) -> Place:
    """Those that are open can then not claim their mail any more."""
    for earlier in sorted(item.number for item in place.table if item.region == place.region):
        place = table.supersede(place, earlier)
    return place


def settled(rules: Rules, place: Place, number: int) -> frozenset[AttemptKey]:
    """The claims that an operator's decision settles."""
    if rules.settles_what_is_visible:
        return claims(place)
    return frozenset(
        AttemptKey(earlier, region) for earlier in range(1, number) for region in REGIONS
    )


def next_number(run: Run) -> int:
    """The number of the attempt that is begun next."""
    return max(run.number + 1, FIRST_REQUEUED_ATTEMPT)


def is_running(place: Place, number: int) -> bool:
    """Whether the attempt has an execution."""
    return any(
        execution.number == number and not execution.is_orphan for execution in place.executions
    )


def is_coming(place: Place, number: int) -> bool:
    """Whether the event of its copy is on its way: that takes less than the time of grace."""
    return any(
        version.marks == Marks(number, place.region) and not version.is_stray
        for version in place.events
    )


def _copied(place: Place, copy: Version) -> Place:
    return place._replace(bucket=place.bucket | {copy}, events=place.events | {copy})


def _without(place: Place, arrival: Version) -> Place:
    return place._replace(arrivals=place.arrivals - {arrival})
