"""Every step that may come next in a state, as the functions and state machines take them.

A label says what happened, so that a path of labels reads as a history. The functions decide by
common.run_state, and so does the model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from common.run_state import (
    COMPLETED,
    FAILED,
    STARTED,
    UNCERTAIN,
    UNKNOWN,
    Attempt,
    Run,
    gives_way,
    run_of,
)
from tests.protocol.state import REGIONS, Event, Execution, Region, State, other
from tests.protocol.tables import Table, View

SECOND_MAIL = "a mail is claimed a second time, though nothing of the other Region is on its way"
REOPENED = "a finished run is begun again, though nothing of the other Region is on its way"
UPLOAD_LOST = "everything is at rest, the run is not completed, and nobody is told"
LAST_ATTEMPT = 4  # of the exploration; the product has no limit

Step = tuple[str, State]

_run_of = cache(run_of)
_gives_way = cache(gives_way)


def steps(table: Table, state: State) -> Iterator[Step]:
    """All of them; none where everything has come to rest."""
    yield from _environment(table, state)
    for event in sorted(state.events):
        yield from _trigger(table, state, event)
    for execution in sorted(state.executions):
        yield from _execute(table, state, execution)
    for region, number in sorted(state.ended_badly):
        yield from _close(table, state, region, number)
    for region in REGIONS:
        yield from _reconcile(table, state, region)


def _environment(table: Table, state: State) -> Iterator[Step]:
    if state.budget.flips:
        passive = other(state.active)
        label = f"the runbook makes {passive} active"
        yield label, replace(_spend(state, "flips"), active=passive)
    for region in REGIONS:
        if state.dns(region) != state.active:
            changed: Any = {f"dns_{region}": state.active}
            yield f"the resolver of {region} names {state.active}", replace(state, **changed)
        if region not in state.objects:
            events = state.events | {Event(region, 1)}
            everywhere = frozenset(REGIONS)
            yield f"the object reaches {region}", replace(state, objects=everywhere, events=events)
    for label, replicated in table.deliveries(state.table):
        yield label, replace(state, table=replicated)


def _trigger(table: Table, state: State, event: Event) -> Iterator[Step]:
    """An event is tried again until it is done with, so a crash leaves it where it is."""
    region, number = event
    handled = replace(state, events=state.events - {event})
    if state.dns(region) != region:
        yield f"the trigger in {region} skips attempt {number}", handled
        return
    view = table.view(state.table, region)
    if number == 1 and not view:
        written = table.write(state.table, region, Attempt(1, region, STARTED))
        if state.budget.crashes:
            label = f"the trigger in {region} writes attempt 1 and crashes"
            yield label, replace(_spend(state, "crashes"), table=written)
        handled = replace(handled, table=written)
    elif not _is_to_start(view, region, number):
        yield f"the trigger in {region} leaves attempt {number} alone", handled
        return
    yield f"the trigger in {region} starts attempt {number}", _start(handled, region, number)


def _is_to_start(view: View, region: Region, number: int) -> bool:
    return Attempt(number, region, STARTED) in {one._replace(by_operator=False) for one in view}


def _start(state: State, region: Region, number: int) -> State:
    """The name of an execution is taken for good, so a second start starts nothing."""
    if (region, number) in state.names:
        return state
    return replace(
        state,
        executions=state.executions | {Execution(region, number)},
        names=state.names | {(region, number)},
    )


def _execute(table: Table, state: State, execution: Execution) -> Iterator[Step]:
    region, number, stage = execution
    name = f"attempt {number} of {region}"
    # the state without this execution
    idle = replace(state, executions=state.executions - {execution})
    if state.budget.crashes:
        dead = replace(idle, ended_badly=state.ended_badly | {(region, number)})
        yield f"{name} is stopped while {stage}", _spend(dead, "crashes")
    if stage == "working":
        yield from _work(table, state, execution, idle, name)
    elif stage == "cleared":
        yield _claim(table, state, execution, idle, name)
    elif stage == "claimed":
        mailed = replace(_at(idle, execution, "sent"), mails=state.mails + 1)
        yield f"{name} mails the result", mailed
    else:
        yield _complete(table, state, execution, idle, name)


def _work(
    table: Table, state: State, execution: Execution, idle: State, name: str
) -> Iterator[Step]:
    """All that comes before the mail, and the fence at its end."""
    region, number, _ = execution
    item = table.writable(state.table, region, number)
    if state.budget.late_chunks:
        noted = table.note_late_failure(state.table, region, number)
        if noted != state.table:
            late = replace(_spend(state, "late_chunks"), table=noted)
            yield f"a chunk of {name} fails and notes why", late
    if _must_stop(table, state, region, number):
        stopped = replace(idle, table=table.supersede(state.table, region, number))
        yield f"{name} ends as superseded", stopped
        return
    yield f"{name} passes the fence", _at(idle, execution, "cleared")
    if state.budget.failures and item:
        failed = table.write(state.table, region, item._replace(status=FAILED))
        reported = replace(_spend(idle, "failures"), table=failed, is_told=True)
        yield f"{name} fails and says so", reported


def _must_stop(table: Table, state: State, region: Region, number: int) -> bool:
    """The fence: DNS first, then what is visible of the others."""
    view = table.view(state.table, region)
    return state.dns(region) != region or _gives_way(view, region, number)


def _claim(table: Table, state: State, execution: Execution, idle: State, name: str) -> Step:
    region, number, _ = execution
    item = table.writable(state.table, region, number)
    is_open = item is not None and item.status in (STARTED, FAILED) and not item.is_mailing
    if item is None or not is_open or _gives_way(table.view(state.table, region), region, number):
        stopped = replace(idle, table=table.supersede(state.table, region, number))
        return f"{name} may not claim the mail", stopped
    is_second, is_apart = state.claims > 0, table.is_apart(state.table, region)
    claimed = replace(
        _at(idle, execution, "claimed"),
        table=table.write(state.table, region, item._replace(is_mailing=True)),
        claims=state.claims + 1,
        is_residual=state.is_residual or (is_second and is_apart),
        violation=SECOND_MAIL if is_second and not is_apart else "",
    )
    return f"{name} claims the mail", claimed


def _complete(table: Table, state: State, execution: Execution, idle: State, name: str) -> Step:
    region, number, _ = execution
    item = table.writable(state.table, region, number)
    if item is None or not item.is_mailing:
        return f"{name} cannot complete: its claim is gone", replace(idle, is_told=True)
    completed = item._replace(status=COMPLETED, is_mailing=False)
    written = table.write(state.table, region, completed)
    return f"{name} completes the run", replace(idle, table=written, is_completed=True)


def _close(table: Table, state: State, region: Region, number: int) -> Iterator[Step]:
    """The rule for executions that ended badly: the emailer closes what the run left open."""
    handled = replace(state, ended_badly=state.ended_badly - {(region, number)})
    item = table.writable(state.table, region, number)
    if item is None or item.status != STARTED or _must_stop(table, state, region, number):
        written = table.supersede(state.table, region, number)
        yield f"the rule in {region} leaves attempt {number} alone", replace(handled, table=written)
        return
    failed = table.write(state.table, region, item._replace(status=FAILED))
    yield (
        f"the rule in {region} closes attempt {number}",
        replace(handled, table=failed, is_told=True),
    )


def _reconcile(table: Table, state: State, region: Region) -> Iterator[Step]:
    """A pass of the runbook, which may be started again, or be cancelled before it."""
    state_after_wait = _after_the_wait(state, region)
    if state_after_wait is None:
        return
    view = table.view(state.table, region)
    run = _run_of(view)
    if run.is_closed or _is_in_hand(state, region, run, view):
        return
    if run.status == UNCERTAIN or region not in state.objects:
        if not state.is_told:
            yield f"a pass in {region} reports the file", replace(state_after_wait, is_told=True)
        return
    number = max(run.number + 1, 2)
    if number <= LAST_ATTEMPT:
        yield from _begin(table, state_after_wait, region, number)


def _after_the_wait(state: State, region: Region) -> State | None:
    """A pass comes after a flip, where DNS names the Region, and after the wait for the fence.

    The wait outlasts the TTL and the longest publish. A resolver may answer from its cache beyond
    the TTL: that is in the budget.
    """
    has_flipped = state.budget.flips < 2
    if not has_flipped or state.active != region or state.dns(region) != region:
        return None
    elsewhere = other(region)
    may_publish = state.dns(elsewhere) == elsewhere or any(
        one.region == elsewhere and one.stage != "working" for one in state.executions
    )
    if not may_publish:
        return state
    return _spend(state, "stale_dns") if state.budget.stale_dns else None


def _is_in_hand(state: State, region: Region, run: Run, view: View) -> bool:
    """This Region works on it, is about to, or has failed with it and said so."""
    number = run.number
    if run.status == UNKNOWN:
        return False
    is_running = any((one.region, one.number) == (region, number) for one in state.executions)
    is_coming = number > 1 and Event(region, number) in state.events
    has_failed = any(
        (one.number, one.region, one.status) == (number, region, FAILED) for one in view
    )
    return is_running or is_coming or has_failed


def _begin(table: Table, state: State, region: Region, number: int) -> Iterator[Step]:
    """The item first, then the copy, whose event starts the execution."""
    is_again = state.is_completed and not table.is_apart(state.table, region)
    written = replace(
        state,
        table=table.write(state.table, region, Attempt(number, region, STARTED)),
        violation=REOPENED if is_again else "",
    )
    copied = replace(written, events=state.events | {Event(region, number)})
    yield f"a pass in {region} begins attempt {number}", copied
    if state.budget.crashes:
        yield f"a pass in {region} writes attempt {number} and crashes", _spend(written, "crashes")


def _at(state: State, execution: Execution, stage: Any) -> State:
    """The execution at this stage; it is not among the state's any more."""
    return replace(state, executions=state.executions | {execution._replace(stage=stage)})


def _spend(state: State, fault: str) -> State:
    budget = state.budget._replace(**{fault: getattr(state.budget, fault) - 1})
    return replace(state, budget=budget)
