"""The Batch State table as two Regions see it, in the protocol of today and in the one before.

Replication is asynchronous, item by item, and as late as it likes. Both tables have the same
methods, so that the same steps can be explored on either.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from common.run_state import COMPLETED, GIVEN_UP, STARTED, SUPERSEDED
from tests.protocol.state import AttemptKey, Item, Place

Places = tuple[Place, Place]


class Table(Protocol):
    """Pure functions of places."""

    def own(self, place: Place, number: int) -> Item | None:
        """What the owner's condition lets this attempt change; None if it does not hold."""

    def write(self, place: Place, item: Item) -> Place:
        """The Region writes an item."""

    def supersede(self, place: Place, number: int, /) -> Place:
        """The attempt stops short; its Region notes it."""

    def note_late_failure(self, place: Place, number: int, /) -> Place:
        """A chunk of this attempt fails, and its reason is written."""

    def deliveries(self, source: Place, target: Place) -> Iterator[tuple[str, Place, Place]]:
        """Each replication of one item that may come next, and both places after it."""

    def shows_claim(self, place: Place, peer: Place, key: AttemptKey, /) -> bool:
        """Whether the Region sees that the attempt claimed a mail."""

    def shows_end(self, place: Place, peer: Place, key: AttemptKey, /) -> bool:
        """Whether the Region sees that the attempt closed the run."""


class OwnedItems:
    """One item an attempt and Region; a Region writes its own items only."""

    def own(self, place: Place, number: int) -> Item | None:
        key = (number, place.region)
        return next((item for item in place.table if item.key == key), None)

    def write(self, place: Place, item: Item) -> Place:
        assert item.region == place.region, f"{place.region} writes an item of {item.region}"
        return _with(place, item)

    def supersede(self, place: Place, number: int, /) -> Place:
        item = self.own(place, number)
        if item is None or item.status != STARTED or item.claim:
            return place
        return self.write(place, item._replace(status=SUPERSEDED))

    def note_late_failure(self, place: Place, _number: int, /) -> Place:
        return place  # the reason of an own item decides nothing

    def deliveries(self, source: Place, target: Place) -> Iterator[tuple[str, Place, Place]]:
        for item in sorted(source.table - target.table):
            if item.region == source.region:
                label = f"item {item.number} of {item.region} reaches {target.region}"
                yield label, source, _with(target, item)

    def shows_claim(self, place: Place, peer: Place, key: AttemptKey, /) -> bool:
        is_claimed = any(item.key == key and item.claim for item in place.table)
        return is_claimed or self.shows_end(place, peer, key)

    def shows_end(self, place: Place, _peer: Place, key: AttemptKey, /) -> bool:
        return any(item.key == key and item.status in (COMPLETED, GIVEN_UP) for item in place.table)


def _with(place: Place, item: Item) -> Place:
    others = {present for present in place.table if present.key != item.key}
    return place._replace(table=frozenset(others | {item}))


class SharedRow:
    """One row a run, written by both Regions; of two versions the later write wins, whole.

    This was the protocol until 2026-11.
    """

    def own(self, place: Place, number: int) -> Item | None:
        """The row names no later attempt; what a late write of the other replaced is taken back."""
        for row in place.table:
            if row.key == (number, place.region):
                return row
            if row.number < number:
                return Item(number, place.region, STARTED)
        return None

    def write(self, place: Place, item: Item) -> Place:
        return place._replace(table=frozenset({item}), is_ahead=2)

    def supersede(self, place: Place, _number: int, /) -> Place:
        return place  # the row was the other attempt's by then

    def note_late_failure(self, place: Place, number: int, /) -> Place:
        """Its condition was that the row, as the local copy shows it, names the chunk's attempt."""
        for row in place.table:
            if row.number == number:
                return self.write(place, row)
        return place

    def deliveries(self, source: Place, target: Place) -> Iterator[tuple[str, Place, Place]]:
        if source.is_ahead:
            if source.is_ahead > target.is_ahead:
                target = target._replace(table=source.table, is_ahead=0)
            label = f"the row of {source.region} reaches {target.region}"
            yield label, source._replace(is_ahead=0), target

    def shows_claim(self, _place: Place, peer: Place, _key: AttemptKey, /) -> bool:
        return not peer.is_ahead

    shows_end = shows_claim
