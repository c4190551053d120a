"""The state of the run as a Region sees it: functions/common/run_state.py decides it."""

from __future__ import annotations

from functools import cache

from common import run_state
from common.run_state import Run
from tests.protocol.state import AttemptKey, Item, Place, Region


def run_of(place: Place) -> Run:
    """The state of the run by the items that are visible here."""
    return _run_of(place.table)


def gives_way(place: Place, number: int) -> bool:
    """Whether this Region's attempt has to stop, by the items that are visible here."""
    return _gives_way(place.table, place.region, number)


def claims(place: Place) -> frozenset[AttemptKey]:
    """The attempts that have claimed a mail, as far as it is visible here."""
    return frozenset(item.key for item in place.table if item.claim)


@cache
def _run_of(table: frozenset[Item]) -> Run:
    return run_state.run_of(item.attempt for item in table)


@cache
def _gives_way(table: frozenset[Item], region: Region, number: int) -> bool:
    return run_state.gives_way([item.attempt for item in table], region, number)
