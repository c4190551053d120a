"""The Batch State table as two Regions see it, in the protocol of today and in the one before.

Replication is asynchronous, item by item, and as late as it likes. Both tables have the same
methods, so that the same steps can be explored on either.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, Protocol

from common.run_state import STARTED, SUPERSEDED, Attempt
from tests.protocol.state import EAST, REGIONS, Region, other

View = frozenset[Attempt]


class Table(Protocol):
    """Pure functions of a table's state, which is any hashable value."""

    name: str
    empty: Hashable

    def view(self, table: Any, region: Region) -> View:
        """The attempts that the Region's own copy shows."""

    def write(self, table: Any, region: Region, attempt: Attempt) -> Hashable:
        """The Region writes an attempt's state."""

    def writable(self, table: Any, region: Region, number: int) -> Attempt | None:
        """What the owner's condition lets this attempt change; None if it does not hold."""

    def deliveries(self, table: Any) -> Iterator[tuple[str, Hashable]]:
        """Each replication of one item that may come next."""

    def is_apart(self, table: Any, region: Region) -> bool:
        """Whether a write of the other Region has not come over to this one."""

    def note_late_failure(self, table: Any, region: Region, number: int, /) -> Hashable:
        """A chunk of this attempt fails, and its reason is written."""

    def supersede(self, table: Any, region: Region, number: int, /) -> Hashable:
        """The attempt stops short; its Region notes it."""


class OwnedItems:
    """One item an attempt and Region; a Region writes its own items only."""

    name = "items with one writer"
    empty: Hashable = (frozenset(), frozenset())

    def view(self, table: Any, region: Region) -> View:
        return table[REGIONS.index(region)]  # type: ignore[no-any-return]  # a table is Hashable

    def write(self, table: Any, region: Region, attempt: Attempt) -> Hashable:
        assert attempt.region == region, f"{region} writes an item of {attempt.region}"
        return _with(table, region, attempt)

    def writable(self, table: Any, region: Region, number: int) -> Attempt | None:
        items = self.view(table, region)
        return next((one for one in items if (one.number, one.region) == (number, region)), None)

    def deliveries(self, table: Any) -> Iterator[tuple[str, Hashable]]:
        for region in REGIONS:
            for attempt in sorted(self.view(table, other(region)) - self.view(table, region)):
                if attempt.region != region:
                    label = f"item {attempt.number} of {attempt.region} reaches {region}"
                    yield label, _with(table, region, attempt)

    def is_apart(self, table: Any, region: Region) -> bool:
        unseen = self.view(table, other(region)) - self.view(table, region)
        return any(attempt.region != region for attempt in unseen)

    def note_late_failure(self, table: Any, _region: Region, _number: int, /) -> Hashable:
        return table  # type: ignore[no-any-return]  # the reason of an own item decides nothing

    def supersede(self, table: Any, region: Region, number: int, /) -> Hashable:
        item = self.writable(table, region, number)
        if item is None or item.status != STARTED or item.is_mailing:
            return table  # type: ignore[no-any-return]  # a table is Hashable
        return self.write(table, region, item._replace(status=SUPERSEDED))


def _with(table: Any, region: Region, attempt: Attempt) -> Hashable:
    """The Region's copy with this state of the item."""
    key = (attempt.number, attempt.region)
    place = REGIONS.index(region)
    others = {item for item in table[place] if (item.number, item.region) != key}
    copy = frozenset(others | {attempt})
    return (copy, table[1]) if region == EAST else (table[0], copy)


class SharedRow:
    """One row a run, written by both Regions; of two versions the later write wins, whole.

    This was the protocol until 2026-11. The state is two copies, and two writes on their way, each
    with its rank in time.
    """

    name = "one row for both Regions"
    empty: Hashable = ((None, None), (None, None))

    def view(self, table: Any, region: Region) -> View:
        row = table[0][REGIONS.index(region)]
        return frozenset({row[0]}) if row else frozenset()

    def write(self, table: Any, region: Region, attempt: Attempt) -> Hashable:
        place = REGIONS.index(region)
        copies, outgoing = list(table[0]), list(table[1])
        latest = max((row[1] for row in (*copies, *outgoing) if row), default=0)
        copies[place] = outgoing[place] = (attempt, latest + 1)
        return _ranked(copies, outgoing)

    def writable(self, table: Any, region: Region, number: int) -> Attempt | None:
        """The row names no later attempt; what a late write of the other replaced is taken back."""
        for row in self.view(table, region):
            if (row.number, row.region) == (number, region):
                return row
            if row.number < number:
                return Attempt(number, region, STARTED)
        return None

    def deliveries(self, table: Any) -> Iterator[tuple[str, Hashable]]:
        for place, region in enumerate(REGIONS):
            row = table[1][1 - place]
            if row:
                copies, outgoing = list(table[0]), list(table[1])
                outgoing[1 - place] = None
                if copies[place] is None or copies[place][1] < row[1]:
                    copies[place] = row
                yield f"the row of {other(region)} reaches {region}", _ranked(copies, outgoing)

    def is_apart(self, table: Any, region: Region) -> bool:
        return table[1][1 - REGIONS.index(region)] is not None

    def note_late_failure(self, table: Any, region: Region, number: int, /) -> Hashable:
        """Its condition was that the row, as the local copy shows it, names the chunk's attempt."""
        for row in self.view(table, region):
            if row.number == number:
                return self.write(table, region, row)
        return table  # type: ignore[no-any-return]  # a table is Hashable

    def supersede(self, table: Any, _region: Region, _number: int, /) -> Hashable:
        return table  # type: ignore[no-any-return]  # the row was the other attempt's by then


def _ranked(copies: list[Any], outgoing: list[Any]) -> Hashable:
    """Only the order of the writes counts, so that equal situations are one state."""
    times = sorted({row[1] for row in (*copies, *outgoing) if row})

    def rank(row: Any) -> Any:
        return row and (row[0], times.index(row[1]))

    return (tuple(map(rank, copies)), tuple(map(rank, outgoing)))
