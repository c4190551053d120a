"""Plans: made of the seed alone, and between them they contain everything that is to be tested."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from tests.resilience.generator import (
    CALLS,
    CHUNK_AGAIN,
    CHUNK_FAILS,
    FLIP,
    IS_CROWDED,
    NEEDS_REJECTS,
    RUN_FAILS,
    RUNBOOK_CALLS,
    make_plan,
    states,
)
from tests.resilience.plan import (
    FENCE_WAIT,
    REPLICATION_WAIT,
    AtCall,
    AtState,
    ConnectionLoss,
    DnsFault,
    Fault,
    File,
    Injection,
    InputDeletion,
    LateExecution,
    Moment,
    Outage,
    Phase,
    RegionalService,
    ReplicationPause,
    Role,
    RunbookCancellation,
    SecondRunbook,
    ServiceOutage,
)
from tests.resilience.workload import contents

PLANS = [make_plan(seed) for seed in range(1, 501)]
PHASES: list[Phase] = [phase for plan in PLANS for phase in plan.phases]
FILES: list[File] = [file for plan in PLANS for file in plan.files]
INJECTIONS: list[Injection] = [item for phase in PHASES for item in phase.injections]
MOMENTS: list[Moment] = [injection.at for injection in INJECTIONS]
FAULTS: list[Fault] = [injection.fault for injection in INJECTIONS]


def during(*calls: tuple[str, str]) -> Iterator[Injection]:
    """The faults before and after these calls."""
    for injection in INJECTIONS:
        at = injection.at
        if isinstance(at, AtCall) and (at.caller, at.action) in calls:
            yield injection


def test_a_seed_always_makes_the_same_plan_and_the_same_files() -> None:
    assert [make_plan(seed) for seed in range(1, 51)] == PLANS[:50]
    file = PLANS[16].files[0]
    assert contents(17, file) == contents(17, file)


def test_different_seeds_make_different_plans() -> None:
    assert len({plan.phases for plan in PLANS}) == len(PLANS)


def test_faults_occur_before_and_after_every_state_of_both_workflows() -> None:
    moments = {(at.when, at.state) for at in MOMENTS if isinstance(at, AtState)}
    # Whether a Fail state is left, no observer can see: the execution ends in it.
    assert moments == {(when, state) for when in ("before", "after") for state in states()}


def test_the_states_that_the_generator_knows_by_name_exist() -> None:
    assert {*states()} >= {*CHUNK_FAILS, *CHUNK_AGAIN, *RUN_FAILS, *IS_CROWDED, NEEDS_REJECTS}


def test_faults_occur_before_and_after_every_call() -> None:
    moments = {(at.when, at.caller, at.action) for at in MOMENTS if isinstance(at, AtCall)}
    calls = (*CALLS, *RUNBOOK_CALLS)
    assert moments == {(when, *call) for when in ("before", "after") for call in calls}


def test_every_kind_of_fault_occurs() -> None:
    assert {type(fault) for fault in FAULTS} == set(get_args(Fault))


def test_faults_occur_in_the_middle_of_the_flip() -> None:
    at_the_flip = {(type(injection.fault), injection.at.when) for injection in during(FLIP)}
    faults = (RunbookCancellation, SecondRunbook, ConnectionLoss, Outage)
    assert at_the_flip >= {(fault, when) for fault in faults for when in ("before", "after")}


def test_faults_occur_in_the_middle_of_reconciliation() -> None:
    calls = [call for call in RUNBOOK_CALLS if call[0] == "reconciler"]
    faults = [injection.fault for injection in during(*calls)]
    assert {type(fault) for fault in faults} == {
        RunbookCancellation, SecondRunbook, ConnectionLoss, Outage, ReplicationPause,
        ServiceOutage, DnsFault,
    }  # fmt: skip
    outages = {fault.role for fault in faults if isinstance(fault, Outage)}
    assert outages == {"active", "standby"}


def test_regions_fail_twice_and_change_twice() -> None:
    outages = [
        sum(isinstance(injection.fault, Outage) for injection in phase.injections)
        for phase in PHASES
    ]
    assert any(count > 1 for count in outages)
    assert any(both[0] and both[1] for both in zip(outages[::2], outages[1::2], strict=True))
    assert any(phase.turns_back for phase in PHASES)


def test_a_region_that_was_out_comes_back_while_the_other_takes_over() -> None:
    ends = {fault.end for fault in FAULTS if isinstance(fault, Outage)}
    assert len(ends) > 10


def test_replication_is_paused_and_slower_than_the_runbook_waits() -> None:
    pauses = {fault.kind for fault in FAULTS if isinstance(fault, ReplicationPause)}
    assert pauses == {"objects", "rows"}
    runbook_waits = FENCE_WAIT + REPLICATION_WAIT
    assert any(plan.objects_lag > runbook_waits > plan.rows_lag for plan in PLANS)
    assert any(plan.rows_lag > runbook_waits > plan.objects_lag for plan in PLANS)


def test_single_services_and_dns_fail_in_either_region_alone() -> None:
    services = {(fault.role, fault.service) for fault in FAULTS if isinstance(fault, ServiceOutage)}
    names = get_args(RegionalService)
    assert services == {(role, name) for role in get_args(Role) for name in names}
    dns = {(fault.role, fault.kind) for fault in FAULTS if isinstance(fault, DnsFault)}
    assert dns == {(role, kind) for role in get_args(Role) for kind in ("stale", "silent")}


def test_chunks_and_runs_fail_late_when_the_other_region_is_done() -> None:
    late = {
        injection.at.state
        for injection in INJECTIONS
        if isinstance(injection.fault, LateExecution) and isinstance(injection.at, AtState)
    }
    assert late >= CHUNK_FAILS | RUN_FAILS


def test_files_are_deleted_restored_and_forged() -> None:
    deletions = {fault.is_for_good for fault in FAULTS if isinstance(fault, InputDeletion)}
    assert deletions == {True, False}
    assert any(file.forges for file in FILES)
    is_of_its_phase = {
        file.restores in {other.number for other in phase.files}
        for phase in PHASES
        for file in phase.files
        if file.restores
    }
    assert is_of_its_phase == {True, False}


def test_events_come_twice_and_out_of_order_and_files_share_names() -> None:
    assert {file.repeat for file in FILES} == {"no", "at once", "after the runbook"}
    assert {file.delay for file in FILES} == {"no", "behind another", "after the runbook"}
    several = [phase for phase in PHASES if len(phase.files) > 1]
    assert any(phase.files[0].delay == "behind another" for phase in several)
    assert any(file.same_name_as for file in FILES)


def test_files_are_of_every_size_and_arrive_at_every_stage() -> None:
    assert {file.rows for file in FILES} >= set(range(1, 41)) - {3, 4, 5, 6, 7, 8}
    assert any(0 < file.rejects < file.rows for file in FILES)
    assert any(file.rejects == file.rows for file in FILES)
    assert {type(file.arrival) for file in FILES} == {type(None), AtState, AtCall}
    assert {file.region for file in FILES} == {"active", "standby"}


def test_one_to_three_endpoints_of_arc_are_down_and_others_misbehave() -> None:
    down = {sum(mode == "down" for _, mode in phase.endpoints) for phase in PHASES}
    assert down == {0, 1, 2, 3}
    assert {mode for phase in PHASES for _, mode in phase.endpoints} == {
        "down", "unavailable", "slow", "stale", "loses_reply",
    }  # fmt: skip


def test_a_plan_says_in_words_what_happens() -> None:
    plan = PLANS[16]
    text = str(plan)
    assert text.startswith("seed 17: ")
    for phase in plan.phases:
        assert all(str(item) in text for item in (*phase.files, *phase.injections))
