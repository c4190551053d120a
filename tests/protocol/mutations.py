"""Each rule of the protocol taken out: in which budget that is noticed, and by which invariant."""

from __future__ import annotations

from typing import NamedTuple

from tests.protocol import invariants
from tests.protocol.state import Budget


class Mutation(NamedTuple):
    """The rule that is taken out, and the invariant that breaks first, after so many steps."""

    rule: str
    budget: Budget
    violation: str
    steps: int


ONE_FLIP = Budget(flips=1)

MUTATIONS = (
    Mutation("own_items", Budget(late_chunks=1), invariants.OWN_COPY, 10),
    Mutation("fence_asks_dns", ONE_FLIP, invariants.FENCE_BROKEN, 9),
    Mutation("fence_asks_items", Budget(), invariants.SECOND_MAIL, 13),
    Mutation("looks_again", Budget(), invariants.SECOND_MAIL, 13),
    Mutation("fence_before_notice", Budget(failures=1), invariants.WRONG_NOTICE, 12),
    Mutation("own_claims", Budget(lost_replies=1), invariants.SECOND_MAIL, 6),
    Mutation("closes_runs", Budget(crashes=1), invariants.UPLOAD_LOST, 5),
    Mutation("waits_for_fence", ONE_FLIP, invariants.FENCE_BROKEN, 8),
    Mutation("mails_wait", ONE_FLIP, invariants.FENCE_BROKEN, 9),
    Mutation("leaves_uncertain", Budget(crashes=1, flips=1), invariants.UPLOAD_LOST, 22),
    Mutation("item_first", Budget(crashes=1, flips=1), invariants.OWN_COPY, 7),
    Mutation("reads_first", Budget(archived=1), invariants.IN_VAIN, 10),
    Mutation("copies_once", Budget(lost_replies=1, flips=1), invariants.COPY_BEGUN, 7),
    Mutation("supersedes_first", Budget(slow_claims=1), invariants.SECOND_MAIL, 18),
    Mutation("notes_arrivals", ONE_FLIP, invariants.UPLOAD_LOST, 6),
    Mutation("keeps_arrivals", Budget(crashes=1, flips=1), invariants.UPLOAD_LOST, 7),
    Mutation("confirms_marks", Budget(strays=1, flips=1), invariants.FORGED, 2),
    Mutation("compares_tokens", Budget(strays=1, flips=1, crashes=1), invariants.FORGED, 8),
    Mutation("compares_versions", Budget(strays=1, flips=1), invariants.STRAY_LOST, 19),
    Mutation("waits_for_items", Budget(replicas=1), invariants.COPY_BEGUN, 10),
    Mutation("settles_what_is_visible", Budget(commands=1), invariants.SECOND_MAIL, 14),
)

# Taken out, it breaks no invariant: it only spares users the same failure twice.
CONVENIENCES = {"leaves_failed": Budget(failures=1, flips=1)}
