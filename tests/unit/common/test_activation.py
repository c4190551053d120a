"""The first mails of a Region wait until the other one is fenced, however the activation went."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from common.activation import NOTE, Activation
from common.state_table import StateTable

FENCE_SECONDS = 180


@pytest.fixture
def activation(state: StateTable) -> Activation:
    return Activation(state)


def note(state: StateTable, seconds_ago: float) -> None:
    """Note an activation that was finished so long ago, by the clock of this Region."""
    time = datetime.now(UTC) - timedelta(seconds=seconds_ago)
    state.write_note(NOTE, {"activation": "a", "activated_at": time.isoformat()})


def test_a_region_that_was_never_made_active_by_a_runbook_does_not_wait(
    activation: Activation,
) -> None:
    assert activation.wait(FENCE_SECONDS, None) is None


def test_the_wait_is_what_is_left_of_the_fence_since_the_activation(
    activation: Activation, state: StateTable
) -> None:
    note(state, seconds_ago=100)
    wait = activation.wait(FENCE_SECONDS, None)
    assert wait
    assert wait["activation"] == "a"
    assert 0 < wait["seconds"] <= 80


def test_after_that_nothing_waits(activation: Activation, state: StateTable) -> None:
    note(state, seconds_ago=FENCE_SECONDS)
    assert activation.wait(FENCE_SECONDS, None) is None


@pytest.mark.parametrize("seconds_ago", [0.0, -3600.0])
def test_no_wait_is_longer_than_the_fence_whatever_the_clock(
    activation: Activation, state: StateTable, seconds_ago: float
) -> None:
    note(state, seconds_ago)
    assert activation.wait(FENCE_SECONDS, None) == {"seconds": FENCE_SECONDS, "activation": "a"}


def test_while_the_controls_are_being_set_a_mail_waits_for_the_whole_fence(
    activation: Activation,
) -> None:
    activation.begin()
    wait = activation.wait(FENCE_SECONDS, None)
    assert wait
    assert wait["seconds"] == FENCE_SECONDS


def test_an_activation_is_waited_for_once(activation: Activation) -> None:
    activation.begin()
    wait = activation.wait(FENCE_SECONDS, None)
    activation.finish()
    assert activation.wait(FENCE_SECONDS, wait) is None


def test_another_activation_meanwhile_is_waited_for_as_well(activation: Activation) -> None:
    activation.begin()
    wait = activation.wait(FENCE_SECONDS, None)
    activation.begin()
    assert activation.wait(FENCE_SECONDS, wait) is not None


def test_an_activation_is_dated_once(activation: Activation, state: StateTable) -> None:
    note(state, seconds_ago=100)
    before = state.note(NOTE)
    activation.finish()
    assert state.note(NOTE) == before


def test_what_was_not_begun_is_not_dated(activation: Activation, state: StateTable) -> None:
    activation.finish()
    assert state.note(NOTE) is None
