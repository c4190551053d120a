"""The table that `make permissions` prints."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from tools.permissions.grants import Grant

USED = "used"
PARTLY = "used on less than granted"
NEVER = "never used"


def lines(
    grants: frozenset[Grant], used: frozenset[Grant], reasons: dict[Grant, str]
) -> Iterator[str]:
    """Yield a part for each role, and a last line with the sums."""
    for owner, of_owner in groupby(sorted(grants), key=lambda grant: grant.owner):
        owned = list(of_owner)
        yield f"{owner}: {len(owned)} granted, {len(used.intersection(owned))} used"
        for action, of_action in groupby(owned, key=lambda grant: grant.action):
            yield from _action(action, list(of_action), used, reasons)
        yield ""
    unused = grants - used
    yield (
        f"{len(grants)} granted, {len(grants) - len(unused)} used, {len(unused)} never used, "
        f"of which {len(unused & reasons.keys())} have a reason."
    )


def _action(
    action: str, grants: list[Grant], used: frozenset[Grant], reasons: dict[Grant, str]
) -> Iterator[str]:
    unused = [grant for grant in grants if grant not in used]
    state = USED if not unused else NEVER if len(unused) == len(grants) else PARTLY
    yield f"  {action:45s} {state}"
    for grant in unused:
        yield f"      {grant.resource}: {reasons.get(grant, 'no reason')}"
