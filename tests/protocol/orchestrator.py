"""An execution of the Main Orchestrator, and the emailer at its end.

See statemachines/main-orchestrator.asl.json and functions/emailer.
"""

from __future__ import annotations

from collections.abc import Iterator

from common.run_state import COMPLETED, FAILED, STARTED, SUPERSEDED
from tests.protocol.reading import gives_way
from tests.protocol.rules import Rules
from tests.protocol.state import Execution, Item, Place, Step
from tests.protocol.tables import Table

Deeds = tuple[tuple[str, object], ...]
TELL: Deeds = (("tells", ""),)


def execute(rules: Rules, table: Table, place: Place, execution: Execution) -> Iterator[Step]:
    """What an execution, or a try of the emailer that goes on by itself, does next."""
    name = f"attempt {execution.number} of {place.region}"
    idle = place._replace(executions=place.executions - {execution})
    yield from _break_off(rules, idle, execution, name)
    if execution.stage == "working":
        yield from _work(rules, table, idle, execution, name)
    elif execution.stage == "cleared":
        yield from _look_again(rules, table, idle, execution, name)
    elif execution.stage == "looked":
        yield _claim(rules, table, idle, execution, name)
    elif execution.stage == "claimed":
        deeds = (("mails", execution.number),)
        yield Step(f"{name} mails the result", _at(idle, execution, "sent"), deeds)
    elif execution.stage == "sent":
        yield _complete(table, idle, execution, name)
    else:
        yield _notice(rules, table, idle, execution, name)


def _break_off(rules: Rules, idle: Place, execution: Execution, name: str) -> Iterator[Step]:
    if execution.is_orphan:
        return
    dead = idle._replace(ended_badly=idle.ended_badly | {execution.number})
    yield Step(f"{name} is stopped while {execution.stage}", dead, fault="crashes")
    if execution.may_publish and idle.executions.isdisjoint(_orphans(execution.number)):
        again = Execution(execution.number, claim=2 if rules.own_claims else 1)
        retried = idle._replace(executions=idle.executions | {again})
        label = f"the emailer of {name} dies {execution.stage} and is tried again"
        yield Step(label, retried, fault="lost_replies")
        orphan = execution._replace(is_orphan=True)
        alone = dead._replace(executions=dead.executions | {orphan})
        label = f"{name} is stopped while {execution.stage}, and its emailer goes on"
        yield Step(label, alone, fault="lost_replies")
        both = idle._replace(executions=idle.executions | {again, orphan})
        label = f"the emailer of {name} is tried again while {execution.stage}"
        yield Step(label, both, fault="lost_replies")


def _orphans(number: int) -> set[Execution]:
    stages = ("cleared", "looked", "claimed", "sent")
    return {Execution(number, stage, is_orphan=True) for stage in stages}  # type: ignore[arg-type]


def _work(
    rules: Rules, table: Table, idle: Place, execution: Execution, name: str
) -> Iterator[Step]:
    """All that comes before the mail, and the fence at its end."""
    number = execution.number
    noted = table.note_late_failure(_at(idle, execution, "working"), number)
    if noted.is_ahead:
        yield Step(f"a chunk of {name} fails and notes why", noted, fault="late_chunks")
    item = table.own(idle, number)
    if item and item.status in (STARTED, FAILED):
        failed = _at(table.write(idle, item._replace(status=FAILED)), execution, "failing")
        reason = " while the fence does not answer" if must_stop(rules, idle, number) else ""
        yield Step(f"{name} fails{reason}", failed, TELL, fault="failures")
    if must_stop(rules, idle, number):
        stopped = table.supersede(idle, number)
        yield Step(f"{name} ends as superseded", stopped, _blame(idle, number))
    else:
        cleared = _at(idle, execution, "cleared")
        yield Step(f"{name} passes the fence", cleared, guard="mail")


def must_stop(rules: Rules, place: Place, number: int) -> bool:
    """The fence: DNS first, then what is visible of the others."""
    if rules.fence_asks_dns and place.dns != place.region:
        return True
    return rules.fence_asks_items and gives_way(place, number)


def _blame(place: Place, number: int) -> Deeds:
    """Which later attempt of the other Region makes this one stop, if that is the reason."""
    later = any(
        item.number > number and item.region != place.region and item.status == STARTED
        for item in place.table
    )
    return (("gives way", number),) if later and place.dns == place.region else ()


def _look_again(
    rules: Rules, table: Table, idle: Place, execution: Execution, name: str
) -> Iterator[Step]:
    """emailer/complete_run.py: another look at the items, and at once the claim."""
    number = execution.number
    if rules.looks_again and rules.fence_asks_items and gives_way(idle, number):
        yield Step(f"{name} ends as superseded", table.supersede(idle, number))
        return
    yield _claim(rules, table, idle, execution, name)
    slow = _at(idle, execution, "looked")
    yield Step(f"{name} looks again, and is slow", slow, fault="slow_claims")


def _claim(rules: Rules, table: Table, idle: Place, execution: Execution, name: str) -> Step:
    number, item = execution.number, table.own(idle, execution.number)
    if item is None or item.status in (COMPLETED, SUPERSEDED):
        return Step(f"{name} finds its mail sent, or the run gone", idle)
    if item.claim not in (0, execution.claim):
        return _unconfirmed(rules, table, idle, execution, item, name)
    claimed = table.write(idle, item._replace(claim=execution.claim))
    deeds = (("claims late" if execution.stage == "looked" else "claims", number),)
    return Step(f"{name} claims the mail", _at(claimed, execution, "claimed"), deeds)


def _unconfirmed(
    rules: Rules, table: Table, idle: Place, execution: Execution, item: Item, name: str
) -> Step:
    """MailUnconfirmed: the execution records its failure and tells the operators."""
    if execution.is_orphan or must_stop(rules, idle, execution.number):
        return Step(f"{name} finds its mail claimed", idle)
    failed = table.write(idle, item._replace(status=FAILED))
    return Step(f"{name} finds its mail claimed and tells the operators", failed, TELL)


def _complete(table: Table, idle: Place, execution: Execution, name: str) -> Step:
    item = table.own(idle, execution.number)
    if item is None or item.claim != execution.claim:
        return Step(f"{name} cannot complete: its claim is gone", idle, TELL)
    written = table.write(idle, item._replace(status=COMPLETED, claim=0))
    deeds = (("completes", execution.number),)
    return Step(f"{name} completes the run", written, deeds)


def _notice(rules: Rules, table: Table, idle: Place, execution: Execution, name: str) -> Step:
    """emailer/fail_run.py: the user is told of the failure, if the run is still this attempt's."""
    number, item = execution.number, table.own(idle, execution.number)
    is_over = item is None or item.status not in (STARTED, FAILED) or item.claim > 0
    if item is None or is_over or (rules.fence_before_notice and must_stop(rules, idle, number)):
        return Step(f"{name} keeps its failure to itself", idle)
    noticed = table.write(idle, item._replace(status=FAILED, is_noticed=True))
    return Step(f"{name} mails its failure", noticed, (("notices", number),))


def close(rules: Rules, table: Table, place: Place, number: int) -> Iterator[Step]:
    """emailer/close_run.py: the rule for executions that ended badly."""
    if not rules.closes_runs:
        return
    name = f"the rule in {place.region}"
    idle = place._replace(ended_badly=place.ended_badly - {number})
    item = table.own(idle, number)
    if item is None or must_stop(rules, idle, number):
        yield Step(f"{name} supersedes attempt {number}", table.supersede(idle, number))
    elif item.status in (COMPLETED, SUPERSEDED) or item.is_noticed:
        yield Step(f"{name} leaves attempt {number} alone", idle)
    else:
        failed = table.write(idle, item._replace(status=FAILED, is_noticed=item.claim == 0))
        yield Step(f"{name} closes attempt {number}", failed, TELL)


def _at(idle: Place, execution: Execution, stage: str) -> Place:
    """The place with the execution at this stage."""
    moved = execution._replace(stage=stage)  # type: ignore[arg-type]  # one of Execution's
    return idle._replace(executions=idle.executions | {moved})
