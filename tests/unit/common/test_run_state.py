"""The truth table of a run's state, and of what makes an attempt give way."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.run_state import (
    COMPLETED,
    FAILED,
    GIVEN_UP,
    STARTED,
    SUPERSEDED,
    UNCERTAIN,
    UNKNOWN,
    Attempt,
    gives_way,
    run_of,
)

EAST, WEST = "us-east-1", "us-west-2"


def east(number: int, status: str, **flags: Any) -> Attempt:
    return Attempt(number, EAST, status, **flags)


def west(number: int, status: str, **flags: Any) -> Attempt:
    return Attempt(number, WEST, status, **flags)


MAILING = {"is_mailing": True}
SETTLES_1 = {"settled": frozenset({(1, EAST)})}

TRUTH = [
    ([], UNKNOWN),
    # one attempt: the run is what the attempt is
    ([east(1, STARTED)], STARTED),
    ([east(1, FAILED)], FAILED),
    ([east(1, SUPERSEDED)], SUPERSEDED),
    ([east(1, COMPLETED)], COMPLETED),
    ([east(1, STARTED), west(2, GIVEN_UP)], GIVEN_UP),
    # the highest number decides
    ([east(1, FAILED), west(2, STARTED)], STARTED),
    ([east(1, STARTED), west(2, FAILED)], FAILED),
    ([east(1, STARTED), west(2, SUPERSEDED)], SUPERSEDED),
    # of both Regions' attempts with that number, the one that goes on decides
    ([east(2, STARTED), west(2, FAILED)], STARTED),
    ([east(2, SUPERSEDED), west(2, FAILED)], FAILED),
    ([east(2, STARTED), west(2, GIVEN_UP)], GIVEN_UP),
    # a result is a result, whatever came later or at the same time
    ([east(1, COMPLETED), west(2, STARTED)], COMPLETED),
    ([east(1, COMPLETED), west(2, FAILED)], COMPLETED),
    ([east(1, COMPLETED), west(2, GIVEN_UP)], COMPLETED),
    ([east(1, COMPLETED), west(1, STARTED, **MAILING)], COMPLETED),
    ([east(1, STARTED), west(2, COMPLETED)], COMPLETED),
    # a mail that may have been sent is for a person to settle, whichever attempt claimed it
    ([east(1, STARTED, **MAILING)], UNCERTAIN),
    ([east(1, FAILED, **MAILING)], UNCERTAIN),
    ([east(1, FAILED, **MAILING), west(2, STARTED)], UNCERTAIN),
    ([east(2, STARTED), west(2, STARTED, **MAILING)], UNCERTAIN),
    ([east(1, STARTED, **MAILING), west(2, GIVEN_UP)], GIVEN_UP),
    # a person settles it by beginning a later attempt, whose own claim counts again
    ([east(1, STARTED, **MAILING), west(2, STARTED, **SETTLES_1)], STARTED),
    ([east(1, STARTED, **MAILING), west(2, FAILED, **SETTLES_1)], FAILED),
    ([east(1, STARTED, **MAILING), west(2, STARTED, **SETTLES_1, **MAILING)], UNCERTAIN),
    ([east(1, STARTED), west(2, STARTED, **SETTLES_1), east(3, FAILED, **MAILING)], UNCERTAIN),
    # but only a claim that the person saw
    ([east(1, STARTED, **MAILING), west(2, STARTED)], UNCERTAIN),
    ([west(1, STARTED, **MAILING), west(2, STARTED, **SETTLES_1)], UNCERTAIN),
    # a run that was given up stays so, also if a Region began another attempt before it knew
    ([west(2, GIVEN_UP), east(3, STARTED)], GIVEN_UP),
    ([west(2, GIVEN_UP), east(3, STARTED, **SETTLES_1)], GIVEN_UP),
    ([west(2, GIVEN_UP), east(3, COMPLETED)], COMPLETED),
]


@pytest.mark.parametrize(("attempts", "status"), TRUTH)
def test_the_state_of_a_run_in_whatever_order_its_items_came_over(
    attempts: list[Attempt], status: str
) -> None:
    assert {run_of(order).status for order in permutations(attempts)} == {status}


def test_a_run_names_its_highest_attempts() -> None:
    run = run_of([west(2, FAILED), east(1, STARTED), east(2, STARTED)])
    assert run.number == 2
    assert run.latest_of(EAST) == east(2, STARTED)
    assert run.latest_of(WEST) == west(2, FAILED)
    assert run_of([west(1, STARTED)]).latest_of(EAST) is None
    assert run_of([]).number == 0


@pytest.mark.parametrize(
    ("status", "is_closed"),
    [(COMPLETED, True), (GIVEN_UP, True), (STARTED, False), (FAILED, False), (SUPERSEDED, False)],
)
def test_only_a_result_or_an_operator_closes_a_run(status: str, is_closed: bool) -> None:
    assert run_of([east(1, status)]).is_closed == is_closed


GIVES_WAY = [
    # the others, beside attempt 2 of the east
    ([], False),
    ([east(1, STARTED), west(1, FAILED)], False),
    ([west(1, COMPLETED)], True),
    ([west(2, COMPLETED)], True),
    ([west(3, COMPLETED)], True),
    ([west(3, STARTED)], True),
    ([east(3, STARTED)], True),
    ([west(3, FAILED)], True),
    ([west(3, GIVEN_UP)], True),
    ([west(3, SUPERSEDED)], False),  # it has given way itself
    ([west(2, GIVEN_UP)], True),
    ([west(1, GIVEN_UP)], True),
    # neither of two equal numbers gives way: DNS decides between their Regions
    ([west(2, STARTED)], False),
    ([west(2, FAILED)], False),
    ([west(2, SUPERSEDED)], False),
    # a mail of another attempt may have been sent
    ([west(2, STARTED, **MAILING)], True),
    ([west(1, FAILED, **MAILING)], True),
    ([east(1, FAILED, **MAILING)], True),
]


@pytest.mark.parametrize(("others", "is_stopped"), GIVES_WAY)
def test_what_makes_an_attempt_give_way(others: list[Attempt], is_stopped: bool) -> None:
    assert gives_way([east(2, STARTED), *others], EAST, 2) == is_stopped
    assert gives_way([*others, east(2, STARTED)], EAST, 2) == is_stopped


def test_an_attempt_by_an_operator_goes_on_beside_the_claims_that_the_operator_saw() -> None:
    east_claims, west_claims = east(1, STARTED, **MAILING), west(1, STARTED, **MAILING)
    ordered = east(2, STARTED, **SETTLES_1)
    assert not gives_way([east_claims, ordered], EAST, 2)
    assert gives_way([west_claims, ordered], EAST, 2)
    assert gives_way([east_claims, east(2, STARTED)], EAST, 2)


def test_an_attempt_does_not_give_way_to_its_own_claim() -> None:
    assert not gives_way([east(2, STARTED, **MAILING)], EAST, 2)


statuses = st.sampled_from([STARTED, COMPLETED, FAILED, SUPERSEDED, GIVEN_UP])
attempts = st.builds(
    Attempt,
    st.integers(1, 4),
    st.sampled_from([EAST, WEST]),
    statuses,
    st.booleans(),
    st.frozensets(st.tuples(st.integers(1, 4), st.sampled_from([EAST, WEST])), max_size=2),
)
runs = st.lists(attempts, unique_by=lambda attempt: (attempt.number, attempt.region))


@given(runs)
def test_a_run_is_completed_exactly_if_an_attempt_is(items: list[Attempt]) -> None:
    is_completed = any(attempt.status == COMPLETED for attempt in items)
    assert (run_of(items).status == COMPLETED) == is_completed


@given(runs)
def test_of_a_run_that_goes_on_not_every_attempt_gives_way(items: list[Attempt]) -> None:
    """Otherwise nobody would be left to end it."""
    run = run_of(items)
    if run.status == STARTED and not any(attempt.is_mailing for attempt in items):
        latest = [attempt for attempt in run.latest if attempt.status == STARTED]
        assert not all(gives_way(items, one.region, one.number) for one in latest)
