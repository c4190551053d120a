"""The watch, in both Regions at any time: functions/watcher/overdue_files.py."""

from __future__ import annotations

from collections.abc import Iterator

from tests.protocol.rules import Rules
from tests.protocol.state import Place, Step
from tests.protocol.trigger import confirms


def watch(rules: Rules, place: Place) -> Iterator[Step]:
    """Delete the Region's arrivals whose runs have begun, and copies for attempts."""
    for arrival in sorted(place.arrivals):
        is_begun = arrival.marks is None and bool(place.table)
        if is_begun or any(confirms(rules, item, arrival) for item in place.table):
            forgotten = place._replace(arrivals=place.arrivals - {arrival})
            yield Step(f"the watch in {place.region} deletes an arrival", forgotten)
