"""The table that `make permissions` prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from tools.permissions.grants import Grant, owners

USED = "used"
PARTLY = "used on less than granted"
NEVER = "never used"


def lines(
    grants: frozenset[Grant],
    used: frozenset[Grant],
    reasons: dict[Grant, str],
    kinds: dict[Grant, set[str]],
) -> Iterator[str]:
    """Yield a part for each role, and a last line with the sums. ``kinds`` as from ``kinds_of``."""
    for owner, of_owner in groupby(sorted(grants), key=lambda grant: grant.owner):
        owned = list(of_owner)
        yield f"{owner}: {len(owned)} granted, {len(used.intersection(owned))} used"
        for action, of_action in groupby(owned, key=lambda grant: grant.action):
            yield from _action(action, list(of_action), used, reasons, kinds)
        yield ""
    unused = grants - used
    yield (
        f"{len(grants)} granted, {len(grants) - len(unused)} used, {len(unused)} never used, "
        f"of which {len(unused & reasons.keys())} have a reason."
    )


def kinds_of(
    used: frozenset[Grant], needs: Iterable[tuple[str, str, str]]
) -> dict[Grant, set[str]]:
    """Return what each used grant on every resource was used for, where that was less.

    A kind is the beginning of an ARN's last part, such as ``subnet``.
    """
    kinds: dict[Grant, set[str]] = {grant: set() for grant in used if grant.resource == "*"}
    for role, action, resource in needs:
        for grant in kinds.keys() & {Grant(owner, action, "*") for owner in owners().get(role, ())}:
            kinds[grant].add(resource.split(":", 5)[-1].split("/")[0])
    return {grant: kinds[grant] for grant in kinds if "*" not in kinds[grant]}


def _action(
    action: str,
    grants: list[Grant],
    used: frozenset[Grant],
    reasons: dict[Grant, str],
    kinds: dict[Grant, set[str]],
) -> Iterator[str]:
    unused = [grant for grant in grants if grant not in used]
    narrower = [grant for grant in grants if grant in kinds]
    state = NEVER if len(unused) == len(grants) else PARTLY if unused or narrower else USED
    yield f"  {action:45s} {state}"
    for grant in narrower:
        yield f"      {grant.resource}: only on {', '.join(sorted(kinds[grant]))}"
    for grant in unused:
        yield f"      {grant.resource}: {reasons.get(grant, 'no reason')}"
