"""What can follow a state, quickly: most is computed once and then looked up.

The steps of a Region depend on its own place, of which there are few; and what reaches a Region
depends on its place and on what the other one has to send.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import NamedTuple

from tests.protocol.interning import Numbers
from tests.protocol.invariants import Scene, judge
from tests.protocol.rules import Rules
from tests.protocol.state import (
    EAST,
    REGIONS,
    UPLOAD,
    WEST,
    Budget,
    Place,
    Region,
    Step,
    World,
    other,
)
from tests.protocol.steps import steps_between, steps_in
from tests.protocol.tables import OwnedItems, SharedRow, Table

# A state is 22 bits for each place and 20 for the world.
PLACE_BITS, WORLD_BITS = 22, 20
PLACE_MASK, WORLD_MASK = (1 << PLACE_BITS) - 1, (1 << WORLD_BITS) - 1
SHIFTS = (PLACE_BITS + WORLD_BITS, WORLD_BITS)  # of the eastern place, and of the western
Successor = tuple[int, str, str]  # the state, what it spends of the budget, and a label
# What a step may need of the world, a bit each: a fault, an active Region, an earlier flip.
NEEDS = {need: 1 << bit for bit, need in enumerate((*Budget._fields, EAST, WEST, "flip"))}


class LocalStep(NamedTuple):
    """A step of a Region, with the number of the place that it leads to."""

    place: int
    step: Step
    needs: int  # bits of NEEDS
    is_plain: bool  # it changes nothing but its place


class Successors:
    """What can follow each state, by these rules."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._table: Table = OwnedItems() if rules.own_items else SharedRow()
        self._places = Numbers[Place](PLACE_BITS), Numbers[Place](PLACE_BITS)
        self._worlds = Numbers[World](WORLD_BITS)
        self._outboxes = Numbers[Hashable]()
        self._outbox_of: tuple[dict[int, int], dict[int, int]] = ({}, {})
        self._local: tuple[dict[int, list[LocalStep]], dict[int, list[LocalStep]]] = ({}, {})
        self._lacking: list[int] = []
        self._deliveries: dict[tuple[int, int, int], list[tuple[int, int, str, str]]] = {}
        self._spent: dict[tuple[int, str], int] = {}

    def first(self, budget: Budget) -> int:
        """Return the state in which the upload has reached the east, which is active."""
        here = frozenset({UPLOAD})
        east = self._places[0][Place(EAST, bucket=here, events=here)]
        west = self._places[1][Place(WEST, is_readable=not budget.archived)]
        return _pack(0, east, west, self._worlds[World(budget)])

    def world(self, state: int) -> World:
        """Return the world of a state."""
        return self._worlds.values[state & WORLD_MASK]

    def of(self, state: int) -> Iterator[Successor]:
        """Yield each state that can follow."""
        world = state & WORLD_MASK
        lacks = self._lacks(world)
        numbers = state >> SHIFTS[0], state >> SHIFTS[1] & PLACE_MASK
        for side in (0, 1):
            number, peer, shift = numbers[side], numbers[1 - side], SHIFTS[side]
            others = state ^ number << shift
            for place, step, needs, is_plain in self._steps_in(side, number):
                if needs & lacks:
                    continue
                if is_plain:
                    yield others | place << shift, "", step.label
                else:
                    yield from self._special(side, number, peer, world, place, step)
            for sender, receiver, fault, label in self._steps_to(side, number, peer):
                after = self._spend(world, fault)
                if after >= 0:
                    yield _pack(side, receiver, sender, after), fault, label
        after = self._flip(world, numbers)
        if after >= 0:
            active = self._worlds.values[after].active
            yield state ^ world | after, "flips", f"the runbook makes {active} active"

    def _flip(self, world: int, numbers: tuple[int, int]) -> int:
        """Return the world after a runbook in the passive Region; -1 if there is none."""
        after = self._spend(world, "flips")
        if after < 0:
            return after
        before, flipped = self._worlds.values[world], self._worlds.values[after]
        side = REGIONS.index(flipped.active)
        is_fenced = not self._places[side].values[numbers[side]].may_publish
        return self._worlds[flipped._replace(had_waited=is_fenced or not before.has_flipped)]

    def _steps_in(self, side: int, number: int) -> list[LocalStep]:
        steps = self._local[side].get(number)
        if steps is None:
            place = self._places[side].values[number]
            steps = [
                LocalStep(
                    self._places[side][step.place],
                    step,
                    _needs(step, place.region),
                    _is_plain(step, place),
                )
                for step in steps_in(self._rules, self._table, place)
            ]
            self._local[side][number] = steps
        return steps

    def _special(
        self, side: int, number: int, peer: int, world: int, place: int, step: Step
    ) -> Iterator[Successor]:
        """Yield what a step leads to that changes the world, if it is possible."""
        here, there = self._places[side].values[number], self._places[1 - side].values[peer]
        after, fault = self._spend(world, step.fault), step.fault
        if after >= 0 and not self._has_waited(step.guard, self._worlds.values[after], here, there):
            after, fault = self._spend(after, "stale_dns"), "stale_dns"
        if after < 0:
            return
        scene = Scene(self._table, here, there)
        for deed, target in step.deeds:
            after = self._worlds[judge(self._worlds.values[after], deed, target, scene)]
        if step.place.is_ahead > here.is_ahead and there.is_ahead:
            peer = self._places[1 - side][there._replace(is_ahead=1)]
        yield _pack(side, place, peer, after), fault, step.label

    def _has_waited(self, guard: str, world: World, here: Place, there: Place) -> bool:
        """Whether the other Region is fenced where the product waits for that.

        The wait outlasts the TTL and the longest publish. A resolver may answer from its cache
        beyond the TTL: that is in the budget.
        """
        if guard == "pass":
            return not self._rules.waits_for_fence or not there.may_publish
        if guard == "mail" and self._rules.mails_wait and world.has_flipped:
            return not there.may_publish if here.region == world.active else world.had_waited
        return True

    def _steps_to(self, side: int, number: int, peer: int) -> list[tuple[int, int, str, str]]:
        """Return what may reach the Region from its peer: both places, fault, label."""
        key = side, number, self._outbox(1 - side, peer)
        steps = self._deliveries.get(key)
        if steps is None:
            target, source = self._places[side].values[number], self._places[1 - side].values[peer]
            steps = self._deliveries[key] = [
                (self._places[1 - side][sender], self._places[side][receiver], fault, label)
                for label, (sender, receiver), fault in steps_between(self._table, source, target)
            ]
        if self._rules.own_items:  # the sender does not change, and may be another one
            return [(peer, receiver, fault, label) for _, receiver, fault, label in steps]
        return steps

    def _outbox(self, side: int, number: int) -> int:
        """Number what a place has for the other Region."""
        outbox = self._outbox_of[side].get(number)
        if outbox is None:
            place = self._places[side].values[number]
            own = frozenset(item for item in place.table if item.region == place.region)
            contents: Hashable = (own, place.bucket) if self._rules.own_items else place
            outbox = self._outbox_of[side][number] = self._outboxes[contents]
        return outbox

    def _lacks(self, number: int) -> int:
        """Return the bits of what a step cannot have in this world."""
        for world in self._worlds.values[len(self._lacking) : number + 1]:
            has = sum(NEEDS[fault] for fault, count in world.budget._asdict().items() if count)
            has |= NEEDS[world.active] | (NEEDS["flip"] if world.has_flipped else 0)
            self._lacking.append(~has)
        return self._lacking[number]

    def _spend(self, world: int, fault: str) -> int:
        """Return the world without that much of its budget; -1 if there is none left."""
        if not fault:
            return world
        key = world, fault
        spent = self._spent.get(key)
        if spent is None:
            before = self._worlds.values[world]
            count = getattr(before.budget, fault) - 1
            after = before._replace(budget=before.budget._replace(**{fault: count}))
            if fault == "flips":
                active = other(before.active)
                after = after._replace(active=active, has_flipped=True, has_taken_over=False)
            elif fault == "stale_dns":
                after = after._replace(is_stale=True)
            spent = self._spent[key] = self._worlds[after] if count >= 0 else -1
        return spent


def _needs(step: Step, region: Region) -> int:
    """A resolver learns which Region is active; a pass is in that Region, after a flip."""
    needs = NEEDS[step.fault] if step.fault else 0
    if step.guard == "resolver":
        needs |= NEEDS[step.place.dns]
    elif step.guard == "pass":
        needs |= NEEDS[region] | NEEDS["flip"]
    return needs


def _is_plain(step: Step, place: Place) -> bool:
    is_alone = step.guard not in ("pass", "mail") and step.place.is_ahead <= place.is_ahead
    return is_alone and not (step.deeds or step.fault)


def _pack(side: int, place: int, peer: int, world: int) -> int:
    return place << SHIFTS[side] | peer << SHIFTS[1 - side] | world
