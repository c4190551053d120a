"""The first mails of a Region wait until the other one is fenced, however the activation went."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from common.activation import NOTE, SWITCH_SECONDS, Activation, Wait
from common.state_table import StateTable

FENCE_SECONDS = 180


@pytest.fixture
def activation(state: StateTable) -> Activation:
    return Activation(state)


def note(state: StateTable, seconds_ago: float) -> None:
    """Note an activation that was finished so long ago, by the clock of this Region."""
    time = datetime.now(UTC) - timedelta(seconds=seconds_ago)
    state.write_note(NOTE, {"activated_at": time.isoformat(), "is_finished": True})


def seconds_to_wait(activation: Activation, waited: Wait | None = None) -> int:
    """0 if there is no wait."""
    wait = activation.wait(FENCE_SECONDS, waited)
    return wait["seconds"] if wait else 0


def test_a_region_that_was_never_made_active_by_a_runbook_does_not_wait(
    activation: Activation,
) -> None:
    assert seconds_to_wait(activation) == 0


def test_the_wait_is_what_is_left_of_the_fence_since_the_activation(
    activation: Activation, state: StateTable
) -> None:
    note(state, seconds_ago=100)
    assert 0 < seconds_to_wait(activation) <= 80


def test_after_that_nothing_waits(activation: Activation, state: StateTable) -> None:
    note(state, seconds_ago=FENCE_SECONDS)
    assert seconds_to_wait(activation) == 0


def test_no_wait_is_longer_than_a_switch_and_the_fence_whatever_the_clock(
    activation: Activation, state: StateTable
) -> None:
    note(state, seconds_ago=-3600)
    assert seconds_to_wait(activation) == FENCE_SECONDS + SWITCH_SECONDS


def test_while_the_controls_are_being_set_a_mail_waits_as_if_that_took_its_longest(
    activation: Activation,
) -> None:
    """The function may have died between setting them and noting it."""
    activation.begin()
    longest = FENCE_SECONDS + SWITCH_SECONDS
    assert longest - 60 < seconds_to_wait(activation) <= longest


def test_when_they_are_set_it_waits_for_the_fence_from_then_on(activation: Activation) -> None:
    activation.begin()
    waited = activation.wait(FENCE_SECONDS, None)
    activation.finish()
    assert 0 < seconds_to_wait(activation, waited) <= FENCE_SECONDS


def test_an_activation_is_waited_for_once(activation: Activation) -> None:
    activation.begin()
    activation.finish()
    waited = activation.wait(FENCE_SECONDS, None)
    assert waited
    assert seconds_to_wait(activation, waited) == 0


def test_another_activation_meanwhile_is_waited_for_as_well(activation: Activation) -> None:
    activation.begin()
    waited = activation.wait(FENCE_SECONDS, None)
    activation.begin()
    assert seconds_to_wait(activation, waited) > FENCE_SECONDS


def test_an_activation_is_dated_once(activation: Activation, state: StateTable) -> None:
    note(state, seconds_ago=100)
    before = state.note(NOTE)
    activation.finish()
    assert state.note(NOTE) == before


def test_what_was_not_begun_is_not_dated(activation: Activation, state: StateTable) -> None:
    activation.finish()
    assert state.note(NOTE) is None
