"""What must never happen. Steps name their deeds, and each deed is judged where it is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.protocol.state import AttemptKey, Place, Version, World
from tests.protocol.tables import Table

SECOND_MAIL = "a mail is claimed although the Region sees that another one was claimed"
FENCE_BROKEN = "a Region claims the mail although the active Region has taken over"
REOPENED = "a run is begun or mailed although the Region sees that it is closed"
WRONG_NOTICE = "the user is told of a failure although the Region sees that the run is completed"
IN_VAIN = "an attempt gives way to one whose Region cannot read the input"
COPY_BEGUN = "a copy is begun as if a person had uploaded it"
FORGED = "an attempt works on bytes that are not the upload's"
OWN_COPY = "a Region leaves its own copy to a person"
UPLOAD_LOST = "everything is at rest, the run is not completed, and nobody is told"
STRAY_LOST = "everything is at rest, and an upload with marks was neither begun nor reported"

# The residual: a second mail that is claimed while an item of the other Region is on its way.
LATE_CLAIM = "the claim of an earlier attempt is slower than the take-over"
BOTH_BEGAN = "both Regions begin the upload by its event, and the items are slower than that"
THERE_AND_BACK = "an earlier attempt goes on after the way back, and the later item is slower"


class Scene(NamedTuple):
    """Where a deed is done: the Region's place before it, and that of its peer."""

    table: Table
    place: Place
    peer: Place

    def key(self, number: int) -> AttemptKey:
        """Key of an attempt of the Region."""
        return AttemptKey(number, self.place.region)

    def shows_claim(self, key: AttemptKey) -> bool:
        """Whether the Region sees that the attempt claimed a mail."""
        is_own = key.region == self.place.region
        return is_own or self.table.shows_claim(self.place, self.peer, key)

    def shows_end(self, key: AttemptKey) -> bool:
        """Whether the Region sees that the attempt closed the run."""
        is_own = key.region == self.place.region
        return is_own or self.table.shows_end(self.place, self.peer, key)

    def is_closed(self, world: World) -> bool:
        """Whether the Region sees that the run is completed or given up."""
        given_up = world.given_up is not None and self.shows_end(world.given_up)
        return given_up or any(map(self.shows_end, world.completed))


def judge(world: World, deed: str, target: Any, scene: Scene) -> World:
    """The world after a deed."""
    return _JUDGES[deed](world, target, scene)


def violation_at_rest(world: World) -> str:
    """What is wrong if nothing more can happen."""
    if not (world.completed or world.is_told or world.given_up):
        return UPLOAD_LOST
    accounted = world.own_runs | world.unconfirmed
    # A restored copy whose event comes first is taken for the copy, and the copy for the upload.
    is_swapped = bool(world.own_runs - world.strays)
    return "" if world.strays <= accounted or is_swapped else STRAY_LOST


def _claims(world: World, number: int, scene: Scene, *, is_late: bool = False) -> World:
    key = scene.key(number)
    visible = {claim for claim in world.claims if scene.shows_claim(claim)}
    if is_late:  # what came over since the last look is as if it were on its way
        visible = {claim for claim in visible if claim.region == key.region}
    violation = ""
    if scene.place.region != world.active and world.has_taken_over and not world.is_stale:
        violation = FENCE_BROKEN
    elif visible:
        violation = SECOND_MAIL
    elif scene.is_closed(world) and not is_late:
        violation = REOPENED
    residual = world.residual or _residual(world, number)
    claims = world.claims | {key}
    has_taken_over = world.has_flipped and key.region == world.active
    return world._replace(
        claims=claims,
        residual=residual,
        has_taken_over=world.has_taken_over or has_taken_over,
        violation=violation,
    )


def _residual(world: World, number: int) -> str:
    """Which item was on its way, by the numbers of the attempts; "" for the first claim."""
    earlier = max((claim.number for claim in world.claims), default=0)
    if earlier == 0 or number > earlier:
        return LATE_CLAIM if earlier else ""
    return BOTH_BEGAN if number == earlier == 1 else THERE_AND_BACK


def _claims_late(world: World, number: int, scene: Scene) -> World:
    return _claims(world, number, scene, is_late=True)


def _mails(world: World, _number: int, _scene: Scene) -> World:
    return world._replace(mails=min(world.mails + 1, 2))


def _completes(world: World, number: int, scene: Scene) -> World:
    return world._replace(completed=world.completed | {scene.key(number)})


def _begins(world: World, _number: int, scene: Scene) -> World:
    violation = REOPENED if scene.is_closed(world) else ""
    return world._replace(has_taken_over=True, violation=violation)


def _settles(world: World, claims: frozenset[AttemptKey], scene: Scene) -> World:
    """An operator knows of these claims, and decides that the run goes on, or ends."""
    violation = REOPENED if scene.is_closed(world) else ""
    return world._replace(claims=world.claims - claims, violation=violation)


def _gives_up(world: World, number: int, scene: Scene) -> World:
    return world._replace(given_up=scene.key(number))


def _tells(world: World, _nothing: str, _scene: Scene) -> World:
    return world._replace(is_told=True)


def _notices(world: World, _number: int, scene: Scene) -> World:
    is_completed = any(map(scene.shows_end, world.completed))
    return world._replace(violation=WRONG_NOTICE if is_completed else "")


def _gives_way(world: World, _number: int, scene: Scene) -> World:
    can_read = scene.peer.is_readable
    return world if can_read else world._replace(violation=IN_VAIN)


def _uploads(world: World, stray: Version, _scene: Scene) -> World:
    return world._replace(strays=world.strays | {stray})


def _begins_as_upload(world: World, version: Version, _scene: Scene) -> World:
    own_runs = world.own_runs | {version}
    violation = COPY_BEGUN if len(own_runs) > len(world.strays) else ""
    return world._replace(own_runs=own_runs, violation=violation)


def _works_on(world: World, version: Version, _scene: Scene) -> World:
    is_forged = version.marks is not None and version.marks.is_forged
    return world._replace(violation=FORGED if is_forged else "")


def _leaves_to_a_person(world: World, version: Version, scene: Scene) -> World:
    is_own = version.marks is not None and version.marks.region == scene.place.region
    violation = OWN_COPY if is_own and not version.is_stray else ""
    return world._replace(unconfirmed=world.unconfirmed | {version}, violation=violation)


_JUDGES: dict[str, Callable[[World, Any, Scene], World]] = {
    "claims": _claims,
    "claims late": _claims_late,
    "works on": _works_on,
    "mails": _mails,
    "completes": _completes,
    "begins": _begins,
    "settles": _settles,
    "gives up": _gives_up,
    "tells": _tells,
    "notices": _notices,
    "gives way": _gives_way,
    "uploads": _uploads,
    "begins as an upload": _begins_as_upload,
    "leaves to a person": _leaves_to_a_person,
}
