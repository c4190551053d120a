"""Plans: made of the seed alone, and between them they have everything that is to be proved."""

from __future__ import annotations

from collections.abc import Iterator

from tests.resilience.contents import contents
from tests.resilience.generator import (
    CALLS,
    FLIP,
    RUNBOOK_CALLS,
    make_plan,
    states,
)
from tests.resilience.plan import (
    FENCE_WAIT,
    REPLICATION_WAIT,
    Act,
    Again,
    AtCall,
    AtState,
    Cancel,
    Deed,
    File,
    Lose,
    Moment,
    Outage,
    Stall,
    Strike,
)

PLANS = [make_plan(seed) for seed in range(1, 301)]
ACTS: list[Act] = [act for plan in PLANS for act in plan.acts]
FILES: list[File] = [file for act in ACTS for file in act.files]
STRIKES: list[Strike] = [strike for act in ACTS for strike in act.strikes]
MOMENTS: list[Moment] = [strike.at for strike in STRIKES]


def during(*calls: tuple[str, str]) -> Iterator[Strike]:
    """The strikes before and after these calls."""
    for one in STRIKES:
        if isinstance(one.at, AtCall) and (one.at.caller, one.at.action) in calls:
            yield one


def test_a_seed_makes_the_same_plan_and_the_same_files_always() -> None:
    assert [make_plan(seed) for seed in range(1, 51)] == PLANS[:50]
    file = PLANS[16].acts[0].files[0]
    assert contents(17, file) == contents(17, file)


def test_different_seeds_make_different_plans() -> None:
    assert len({plan.acts for plan in PLANS}) == len(PLANS)


def test_every_state_of_both_workflows_is_struck_before_and_after() -> None:
    struck = {(at.when, at.state) for at in MOMENTS if isinstance(at, AtState)}
    # Whether a Fail state is left, no observer can see: the execution ends in it.
    assert struck == {(when, state) for when in ("before", "after") for state in states()}


def test_every_call_is_struck_before_and_after() -> None:
    struck = {(at.when, at.caller, at.action) for at in MOMENTS if isinstance(at, AtCall)}
    wanted = {(when, *call) for when in ("before", "after") for call in (*CALLS, *RUNBOOK_CALLS)}
    assert struck == wanted


def test_everything_that_can_fail_does() -> None:
    assert {type(one.deed) for one in STRIKES} == set(Deed.__args__)


def test_the_flip_is_struck_in_its_middle() -> None:
    at_the_flip = {(type(one.deed), one.at.when) for one in during(FLIP)}
    assert at_the_flip >= {
        (deed, when) for deed in (Cancel, Again, Lose, Outage) for when in ("before", "after")
    }


def test_reconciliation_is_struck_in_its_middle() -> None:
    calls = [call for call in RUNBOOK_CALLS if call[0] == "reconciler"]
    deeds = {type(one.deed) for one in during(*calls)}
    assert deeds == {Cancel, Again, Lose, Outage, Stall}
    outages = {one.deed.role for one in during(*calls) if isinstance(one.deed, Outage)}
    assert outages == {"active", "standby"}


def test_regions_fail_twice_and_change_twice() -> None:
    outages = [[s for s in act.strikes if isinstance(s.deed, Outage)] for act in ACTS]
    assert any(len(of_act) > 1 for of_act in outages)
    assert any(of[0] and of[1] for of in zip(outages[::2], outages[1::2], strict=True))
    assert any(act.turns_back for act in ACTS)


def test_a_region_that_was_out_comes_back_while_the_other_takes_over() -> None:
    backs = {one.deed.back for one in STRIKES if isinstance(one.deed, Outage)}
    assert len(backs) > 10


def test_replication_is_paused_and_slower_than_the_runbook_waits() -> None:
    assert {one.deed.what for one in STRIKES if isinstance(one.deed, Stall)} == {"objects", "rows"}
    waited = FENCE_WAIT + REPLICATION_WAIT
    assert any(plan.objects_lag > waited > plan.rows_lag for plan in PLANS)
    assert any(plan.rows_lag > waited > plan.objects_lag for plan in PLANS)


def test_events_come_twice_and_out_of_order_and_files_share_names() -> None:
    assert {file.echo for file in FILES} == {"no", "at once", "after the runbook"}
    assert {file.late for file in FILES} == {"no", "behind another", "after the runbook"}
    assert any(act.files[0].late == "behind another" and len(act.files) > 1 for act in ACTS)
    assert any(file.of_name for file in FILES)


def test_files_are_of_every_size_and_arrive_at_every_stage() -> None:
    assert {file.rows for file in FILES} >= set(range(1, 41)) - {3, 4, 5, 6, 7, 8}
    assert any(0 < file.rejects < file.rows for file in FILES)
    assert any(file.rejects == file.rows for file in FILES)
    assert {type(file.arrives) for file in FILES} == {type(None), AtState, AtCall}
    assert {file.lands for file in FILES} == {"active", "standby"}


def test_one_to_three_endpoints_of_arc_are_down_and_others_misbehave() -> None:
    down = {sum(mode == "down" for _, mode in act.endpoints) for act in ACTS}
    assert down == {0, 1, 2, 3}
    assert {mode for act in ACTS for _, mode in act.endpoints} == {
        "down", "unavailable", "slow", "stale", "loses_reply",
    }  # fmt: skip


def test_a_plan_says_in_words_what_happens() -> None:
    plan = PLANS[16]
    text = str(plan)
    assert text.startswith("seed 17: ")
    for act in plan.acts:
        assert all(str(one) in text for one in (*act.files, *act.strikes))
