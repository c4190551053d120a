"""Plans: made of the seed alone, and between them they strike everywhere."""

from __future__ import annotations

from collections.abc import Iterator

from tests.proof.chance import CALLS, RUNBOOK_CALLS, make_plan, states
from tests.proof.contents import contents
from tests.proof.plan import Act, AtCall, AtState, Deed, Moment, Outage, Plan

PLANS = [make_plan(seed) for seed in range(1, 2001)]


def acts() -> Iterator[Act]:
    for plan in PLANS:
        yield from plan.acts


def moments() -> set[Moment]:
    return {strike.at for act in acts() for strike in act.strikes}


def test_a_seed_makes_the_same_plan_and_the_same_files_always() -> None:
    assert [make_plan(seed) for seed in range(1, 51)] == PLANS[:50]
    file = PLANS[16].acts[0].files[0]
    assert contents(17, file) == contents(17, file)


def test_different_seeds_make_different_plans() -> None:
    assert len({plan.acts for plan in PLANS}) == len(PLANS)


def test_every_state_of_both_workflows_is_struck_before_and_after() -> None:
    struck = {(at.when, at.state) for at in moments() if isinstance(at, AtState)}
    # Whether a Fail state is left, no observer can see: the execution ends in it.
    assert struck == {(when, state) for when in ("before", "after") for state in states()}


def test_every_call_is_struck_before_and_after() -> None:
    struck = {(at.when, at.caller, at.action) for at in moments() if isinstance(at, AtCall)}
    wanted = {(when, *call) for when in ("before", "after") for call in (*CALLS, *RUNBOOK_CALLS)}
    assert struck == wanted


def test_everything_that_can_fail_does() -> None:
    deeds = {type(strike.deed) for act in acts() for strike in act.strikes}
    assert deeds == set(Deed.__args__)
    assert {len(act.endpoints) for act in acts()} == {0, 1, 2, 3}
    assert {mode for act in acts() for _, mode in act.endpoints} == {
        "down", "unavailable", "slow", "stale", "loses_reply",
    }  # fmt: skip
    assert {file.echo for act in acts() for file in act.files} == {
        "no", "at once", "after the runbook",
    }  # fmt: skip
    assert any(file.late for act in acts() for file in act.files)


def test_a_region_that_was_out_can_come_back_while_the_other_takes_over() -> None:
    backs = {s.deed.back for act in acts() for s in act.strikes if isinstance(s.deed, Outage)}
    assert len(backs) > 10


def test_a_plan_says_in_words_what_happens() -> None:
    plan: Plan = PLANS[16]
    text = str(plan)
    assert text.startswith("seed 17: ")
    for act in plan.acts:
        assert all(str(one) in text for one in (*act.files, *act.strikes))
