"""The trigger: functions/trigger/app.py and run_starter.py."""

from __future__ import annotations

from collections.abc import Iterator

from common.run_state import STARTED
from tests.protocol.rules import Rules
from tests.protocol.state import UPLOAD, Execution, Item, Marks, Place, Step, Version, other
from tests.protocol.tables import Table


def trigger(rules: Rules, table: Table, place: Place, version: Version) -> Iterator[Step]:
    """An event is tried again until it is done with, so a crash leaves it where it is."""
    name = f"the trigger in {place.region}"
    handled = place._replace(events=place.events - {version})
    if place.dns != place.region:
        is_begun = version == UPLOAD and any(
            item.key == (1, other(place.region)) for item in place.table
        )
        if rules.notes_arrivals and not is_begun:
            handled = handled._replace(arrivals=place.arrivals | {version})
        yield Step(f"{name} skips {version.name}", handled)
        return
    if version.marks is None:
        yield from _start_upload(table, place, version, name)
    elif (item := _item_of_copy(rules, place, version, version.marks)) is not None:
        yield from _start_copy(table, place, version, item, name)
    elif rules.waits_for_items and not is_visible(place, version.marks):
        noted = handled._replace(arrivals=place.arrivals | {version})
        deeds = (("leaves to a person", version),)
        yield Step(f"{name} leaves {version.name} to the reconciler", noted, deeds)
    else:
        deeds = (("begins as an upload", version),)
        yield Step(f"{name} begins {version.name} as an upload", handled, deeds)


def _start_upload(table: Table, place: Place, version: Version, name: str) -> Iterator[Step]:
    """An item that says STARTED may be all that an earlier try achieved, so it starts again."""
    if not place.table:
        place = table.write(place, Item(1, place.region, STARTED))
        yield Step(f"{name} writes attempt 1 and crashes", place, fault="crashes")
    item = next(
        (candidate for candidate in place.table if candidate.key == (1, place.region)), None
    )
    yield from _start_execution(place, version, item, name)


def _start_copy(
    table: Table, place: Place, version: Version, item: Item, name: str
) -> Iterator[Step]:
    """Note which version the copy is, and start its attempt, if it is this Region's."""
    if item.region == place.region and not item.copy:
        item = item._replace(copy=version.name)
        place = table.write(place, item)
    yield from _start_execution(place, version, item, name)


def _item_of_copy(rules: Rules, place: Place, version: Version, marks: Marks) -> Item | None:
    if not rules.confirms_marks:
        item = Item(marks.number, marks.region, STARTED)
        return next((candidate for candidate in place.table if candidate.key == item.key), item)
    return next((item for item in place.table if confirms(rules, item, version)), None)


def confirms(rules: Rules, item: Item, version: Version) -> bool:
    """Whether the item has the token, and names no other version as its copy."""
    marks = version.marks
    if marks is None or item.key != marks.attempt:
        return False
    is_token = not marks.is_forged or not rules.compares_tokens
    is_version = item.copy in ("", version.name) or not rules.compares_versions
    return is_token and is_version


def is_visible(place: Place, marks: Marks) -> bool:
    """Whether the attempt that the marks name has an item here."""
    return any(item.key == marks.attempt for item in place.table)


def _start_execution(
    place: Place, version: Version, item: Item | None, name: str
) -> Iterator[Step]:
    """The name of an execution is taken for good, so that a second start starts nothing."""
    handled = place._replace(events=place.events - {version})
    if item is None or item.region != place.region or item.status != STARTED:
        yield Step(f"{name} leaves {version.name} alone", handled)
        return
    deeds = (("works on", version),) if version.is_stray else ()
    if item.number not in place.names:
        names = place.names | {item.number}
        executions = place.executions | {Execution(item.number)}
        handled = handled._replace(names=names, executions=executions)
        label = f"{name} starts attempt {item.number} and crashes"
        yield Step(label, handled._replace(events=place.events), fault="crashes")
    yield Step(f"{name} starts attempt {item.number} with {version.name}", handled, deeds)
