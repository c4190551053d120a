"""What people do: operators by `make retry` and `make give-up`, uploaders by marks in metadata."""

from __future__ import annotations

from collections.abc import Iterator

from common.run_state import GIVEN_UP, STARTED
from tests.protocol.reading import claims, run_of
from tests.protocol.reconciler import LAST_ATTEMPT, begin, is_coming, is_running, next_number
from tests.protocol.rules import Rules
from tests.protocol.state import REGIONS, UPLOAD, Item, Marks, Place, Step, Version
from tests.protocol.tables import Table


def operate(rules: Rules, table: Table, place: Place) -> Iterator[Step]:
    """functions/reconciler/operator_commands.py: at any moment, as long as DNS names the Region."""
    run = run_of(place)
    is_known = bool(place.table) or UPLOAD in place.arrivals
    if place.dns != place.region or run.is_closed or not is_known:
        return
    own = run.latest_of(place.region)
    is_begun = own is not None and own.status == STARTED
    if not (own and is_begun and (is_running(place, own.number) or is_coming(place, own.number))):
        for step in begin(rules, table, place, next_number(run), by_operator=True):
            if not step.fault:
                yield step._replace(fault="commands")
    if next_number(run) <= LAST_ATTEMPT:
        item = Item(next_number(run), place.region, GIVEN_UP, settled=claims(place))
        deeds = (("settles", claims(place)), ("gives up", item.number))
        label = f"give-up in {place.region}"
        yield Step(label, table.write(place, item), deeds, fault="commands")


def upload(place: Place) -> Iterator[Step]:
    """Somebody restores a copy, as AWS documents it, or uploads a file with marks of their own."""
    copies = [version for version in place.bucket if version.marks and not version.is_stray]
    restored = [Version(f"restored {copy.name}", copy.marks, is_stray=True) for copy in copies]
    forged = [
        Version(f"forged copy 2 of {region}", Marks(2, region, is_forged=True), is_stray=True)
        for region in REGIONS
    ]
    for stray in (*restored, *forged):
        label = f"{stray.name} is put into {place.region}"
        bucket, events = place.bucket | {stray}, place.events | {stray}
        yield Step(
            label,
            place._replace(bucket=bucket, events=events),
            (("uploads", stray),),
            fault="strays",
        )
