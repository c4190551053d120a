"""The rules of the protocol. Each can be taken out by name, to see what it is good for."""

from __future__ import annotations

from typing import NamedTuple


class Rules(NamedTuple):
    """All of them hold in the product."""

    own_items: bool = True  # an item has one writer; otherwise one row is written by both Regions
    fence_asks_dns: bool = True  # before a mail
    fence_asks_items: bool = True  # before a mail, and once more right before it is claimed
    looks_again: bool = True  # the latter of the two
    fence_before_notice: bool = True  # before the notice of a failure
    own_claims: bool = True  # two tries of the emailer claim the mail by different tokens
    closes_runs: bool = True  # the rule for executions that ended badly
    waits_for_fence: bool = True  # a pass begins nothing while the other Region may publish
    mails_wait: bool = True  # nor does a Region mail that has become active
    leaves_uncertain: bool = True  # a pass leaves a run to a person, if its mail is uncertain
    leaves_failed: bool = True  # a pass begins no run again that failed in this Region
    item_first: bool = True  # the item of an attempt is written before its copy is made
    reads_first: bool = True  # … and after HeadObject has shown that the copy can be made
    copies_once: bool = True  # … and a copy whose reply is lost is not repeated as it stands
    supersedes_first: bool = True  # … and after this Region's earlier attempts are superseded
    notes_arrivals: bool = True  # the passive Region notes what it skips
    keeps_arrivals: bool = True  # … until the attempt's item is written
    confirms_marks: bool = True  # only the item of the attempt makes marks count
    compares_tokens: bool = True  # … by its token
    compares_versions: bool = True  # … and by the version that it names
    waits_for_items: bool = True  # marks of an attempt that is not visible are left to a pass
    settles_what_is_visible: bool = True  # an operator settles the claims that the command sees


PRODUCT = Rules()
