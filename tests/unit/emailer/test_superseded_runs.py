"""The fence: an attempt that lost its run publishes nothing, and says so in its own item."""

from __future__ import annotations

from typing import Any
from unittest.mock import MagicMock

import dns.resolver
import pytest

from common.activation import Activation
from common.state_table import StateTable
from emailer.supersession import Fence
from tests.unit.emailer.helpers import (
    ATTEMPT,
    FAILED_EVENT,
    ITEM,
    MAILED,
    NOT_MAILED,
    SUPERSEDED,
    THERE,
    Emailer,
    begin_attempt,
    read_item,
)
from tests.unit.helpers import all_items, set_active_region
from tests.unit.samples import COMPLETED_EVENT

both_events = pytest.mark.parametrize("event", [COMPLETED_EVENT, FAILED_EVENT])


@both_events
def test_a_superseded_attempt_is_neither_mailed_nor_changed(
    emailer: Emailer, send: MagicMock, state: StateTable, event: dict[str, Any]
) -> None:
    state.supersede(ATTEMPT)
    before = read_item(state)
    assert emailer(event) == SUPERSEDED
    assert not send.called
    assert read_item(state) == before


@both_events
def test_an_attempt_without_an_item_is_an_error(emailer: Emailer, event: dict[str, Any]) -> None:
    with pytest.raises(LookupError, match="no item of other in the state table"):
        emailer(event | {"run_id": "other"})


@both_events
def test_defect_5_a_region_that_is_no_longer_active_publishes_nothing(
    emailer: Emailer,
    send: MagicMock,
    state: StateTable,
    monkeypatch: pytest.MonkeyPatch,
    event: dict[str, Any],
) -> None:
    set_active_region(monkeypatch, THERE)
    assert emailer(event) == SUPERSEDED
    assert not send.called
    assert read_item(state)["status"] == "SUPERSEDED"


@both_events
@pytest.mark.parametrize(
    ("number", "attributes"),
    [
        (2, {}),
        (2, {"status": "FAILED"}),
        (2, {"status": "GIVEN_UP", "settled": []}),
        (1, {"status": "COMPLETED"}),
        (1, {"mail_claim": "c"}),
    ],
)
def test_defect_5_a_run_that_another_attempt_has_is_not_published(
    emailer: Emailer,
    send: MagicMock,
    state: StateTable,
    event: dict[str, Any],
    number: int,
    attributes: dict[str, Any],
) -> None:
    begin_attempt(state, number, **attributes)
    others = [item for item in all_items(state.dynamodb) if item["region"] == THERE]
    assert emailer(event) == SUPERSEDED
    assert not send.called
    assert read_item(state)["status"] == "SUPERSEDED"
    assert [item for item in all_items(state.dynamodb) if item["region"] == THERE] == others


def test_of_two_first_attempts_the_one_of_the_active_region_publishes(
    emailer: Emailer, state: StateTable
) -> None:
    """Neither gives way to the other by its item, since then nobody would be left."""
    begin_attempt(state, 1)
    assert emailer(COMPLETED_EVENT) == MAILED


def test_defect_5_a_run_that_is_taken_over_while_it_is_published_is_not_mailed(
    emailer: Emailer, send: MagicMock, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the question to DNS and the claim all items are read once more."""
    ask_by_items = Fence.stops_by_items
    answers = []

    def begin_after_the_first_answer(fence: Fence, *arguments: Any) -> bool:
        answers.append(ask_by_items(fence, *arguments))
        if len(answers) == 1:
            begin_attempt(state, 2)
        return answers[-1]

    monkeypatch.setattr(Fence, "stops_by_items", begin_after_the_first_answer)
    assert emailer(COMPLETED_EVENT) == SUPERSEDED
    assert answers == [False, True]
    assert not send.called


def test_an_attempt_that_is_superseded_right_before_its_claim_is_not_mailed(
    emailer: Emailer, send: MagicMock, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = StateTable.claim_mail

    def supersede_first(table: StateTable, *arguments: Any) -> bool:
        state.supersede(ATTEMPT)
        return claim(table, *arguments)

    monkeypatch.setattr(StateTable, "claim_mail", supersede_first)
    assert emailer(COMPLETED_EVENT) == SUPERSEDED
    assert not send.called


def test_an_attempt_by_an_operator_is_mailed_beside_an_uncertain_one(
    emailer: Emailer, state: StateTable
) -> None:
    begin_attempt(state, 1, mail_claim="c")
    begin_attempt(state, 2, ITEM["region"], settled=[[1, THERE]])
    assert emailer(COMPLETED_EVENT | {"attempt": 2}) == MAILED


def test_an_attempt_by_an_operator_gives_way_to_a_claim_that_came_later(
    emailer: Emailer, send: MagicMock, state: StateTable
) -> None:
    """The other Region claimed its mail after `make retry`, or its claim was on its way then."""
    begin_attempt(state, 2, ITEM["region"], settled=[])
    begin_attempt(state, 1, mail_claim="c")
    assert emailer(COMPLETED_EVENT | {"attempt": 2}) == SUPERSEDED
    assert not send.called


@both_events
def test_an_unknown_active_region_is_an_error_and_nothing_is_published(
    emailer: Emailer, send: MagicMock, monkeypatch: pytest.MonkeyPatch, event: dict[str, Any]
) -> None:
    no_answer = MagicMock(side_effect=dns.resolver.LifetimeTimeout)
    monkeypatch.setattr(dns.resolver, "resolve", no_answer)
    with pytest.raises(dns.resolver.LifetimeTimeout):
        emailer(event)
    assert not send.called


def test_the_state_machine_can_ask_without_a_mail_being_sent(
    emailer: Emailer, send: MagicMock, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = {"action": "is_superseded", "run_id": "r", "attempt": 1}
    assert emailer(question) == NOT_MAILED
    assert read_item(state) == ITEM
    set_active_region(monkeypatch, THERE)
    assert emailer(question) == SUPERSEDED
    assert not send.called


def test_a_mail_that_may_have_been_sent_stays_uncertain_when_the_attempt_loses_its_run(
    emailer: Emailer, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    state.claim_mail(ATTEMPT, "c")
    before = read_item(state)
    set_active_region(monkeypatch, THERE)
    assert emailer(COMPLETED_EVENT) == SUPERSEDED
    assert read_item(state) == before


def test_the_first_mails_of_a_region_wait_for_the_fence_of_the_other(
    emailer: Emailer, send: MagicMock, state: StateTable
) -> None:
    Activation(state).begin()
    answer = emailer(COMPLETED_EVENT)
    assert answer["wait"]["seconds"] > 180
    assert not send.called
    assert emailer(COMPLETED_EVENT | {"wait": answer["wait"]}) == MAILED


def test_after_the_wait_the_fence_is_asked_again(
    emailer: Emailer, send: MagicMock, state: StateTable
) -> None:
    Activation(state).begin()
    wait = emailer(COMPLETED_EVENT)["wait"]
    begin_attempt(state, 1, mail_claim="c")
    assert emailer(COMPLETED_EVENT | {"wait": wait}) == SUPERSEDED
    assert not send.called


def test_an_execution_that_cannot_wait_is_not_told_to(emailer: Emailer, state: StateTable) -> None:
    Activation(state).begin()
    event = {name: value for name, value in COMPLETED_EVENT.items() if name != "wait"}
    assert emailer(event) == MAILED
