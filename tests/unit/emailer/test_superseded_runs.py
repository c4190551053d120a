"""The fence: of a run that is another owner's by now, the emailer publishes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import dns.resolver
import pytest

from common.state_table import StateTable
from tests.unit.emailer.helpers import (
    FAILED_EVENT,
    NOT_MAILED,
    ROW,
    SUPERSEDED,
    Emailer,
    read_row,
)
from tests.unit.helpers import STATE_TABLE, set_active_region
from tests.unit.samples import COMPLETED_EVENT

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

both_events = pytest.mark.parametrize("event", [COMPLETED_EVENT, FAILED_EVENT])


@both_events
def test_a_superseded_run_is_neither_mailed_nor_changed(
    emailer: Emailer, send: MagicMock, dynamodb: DynamoDBClient, event: dict[str, Any]
) -> None:
    item: Any = {
        "run_id": {"S": "r"},
        "status": {"S": "SUPERSEDED"},
        "region": {"S": "us-west-2"},
        "attempt": {"N": "1"},
    }
    dynamodb.put_item(TableName=STATE_TABLE, Item=item)
    assert emailer(event) == SUPERSEDED
    assert not send.called
    response = dynamodb.get_item(TableName=STATE_TABLE, Key={"run_id": {"S": "r"}})
    assert response["Item"] == item


@both_events
def test_a_run_without_a_row_is_an_error(emailer: Emailer, event: dict[str, Any]) -> None:
    with pytest.raises(LookupError, match="no row in the state table for run other"):
        emailer(event | {"run_id": "other"})


@both_events
def test_defect_5_a_region_that_is_no_longer_active_publishes_nothing(
    emailer: Emailer,
    send: MagicMock,
    state: StateTable,
    monkeypatch: pytest.MonkeyPatch,
    event: dict[str, Any],
) -> None:
    set_active_region(monkeypatch, "us-east-1")
    assert emailer(event) == SUPERSEDED
    assert not send.called
    assert read_row(state) == ROW


@both_events
@pytest.mark.parametrize("owner", [{"attempt": 2}, {"region": "us-east-1"}])
def test_defect_5_a_run_that_another_attempt_has_is_not_published(
    emailer: Emailer, send: MagicMock, dynamodb: DynamoDBClient, event: dict[str, Any], owner: Any
) -> None:
    dynamodb.delete_item(TableName=STATE_TABLE, Key={"run_id": {"S": "r"}})
    StateTable(dynamodb, STATE_TABLE).create(ROW | owner)
    assert emailer(event) == SUPERSEDED
    assert not send.called


def test_defect_5_a_run_that_is_taken_over_while_it_is_published_is_not_mailed(
    emailer: Emailer, send: MagicMock, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = StateTable.claim_mail

    def take_over_first(table: StateTable, *arguments: Any) -> bool:
        state.take_over(read_row(state), "us-east-1")
        return claim(table, *arguments)

    monkeypatch.setattr(StateTable, "claim_mail", take_over_first)
    assert emailer(COMPLETED_EVENT) == SUPERSEDED
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
    set_active_region(monkeypatch, "us-east-1")
    assert emailer(question) == SUPERSEDED
    assert not send.called
    assert read_row(state) == ROW
