"""A run that failed: the emailer marks the row, and tells the user once."""

from __future__ import annotations

from unittest.mock import MagicMock

import pytest
from botocore.exceptions import ClientError

from common.state_table import StateTable
from emailer.mailer import MailUnconfirmed
from tests.unit.emailer.helpers import (
    FAILED_EVENT,
    MAILED,
    NO_RESPONSE,
    Emailer,
    part,
    read_item,
    sent_message,
)
from tests.unit.helpers import raising
from tests.unit.samples import COMPLETED_EVENT


def test_defect_18_a_failed_run_is_marked_and_the_user_gets_the_reason(
    emailer: Emailer, send: MagicMock, state: StateTable
) -> None:
    assert emailer(FAILED_EVENT) == MAILED
    item = read_item(state)
    assert (item["status"], item["error"]) == ("FAILED", "InputRefused")
    assert item["reason"] == "the file is empty"
    body = part(sent_message(send), "plain")
    assert "\n\nthe file is empty\n\n" in body
    assert "Received:         2026-01-01 00:00:00 UTC\nSize of the file: 5 bytes\n" in body


def test_defect_18_the_attempt_is_failed_even_if_no_mail_can_be_sent(
    emailer: Emailer, send: MagicMock, state: StateTable
) -> None:
    send.side_effect = raising("AccountSuspendedException")
    with pytest.raises(ClientError):
        emailer(FAILED_EVENT)
    assert read_item(state)["status"] == "FAILED"
    send.side_effect = None
    assert emailer(FAILED_EVENT) == MAILED


def test_a_failure_is_mailed_once(emailer: Emailer, send: MagicMock) -> None:
    assert emailer(FAILED_EVENT) == emailer(FAILED_EVENT) == MAILED
    assert send.call_count == 1


def test_a_completed_run_never_becomes_failed_and_no_failure_is_mailed(
    emailer: Emailer, send: MagicMock, state: StateTable
) -> None:
    emailer(COMPLETED_EVENT)
    assert emailer(FAILED_EVENT) == MAILED
    assert read_item(state)["status"] == "COMPLETED"
    assert send.call_count == 1


def test_after_an_unconfirmed_mail_the_run_is_failed_and_no_other_mail_is_sent(
    emailer: Emailer, send: MagicMock, state: StateTable
) -> None:
    send.side_effect = NO_RESPONSE
    with pytest.raises(MailUnconfirmed):
        emailer(COMPLETED_EVENT)
    with pytest.raises(MailUnconfirmed):
        emailer(FAILED_EVENT | {"error": "MailUnconfirmed"})
    item = read_item(state)
    assert (item["status"], item["error"]) == ("FAILED", "MailUnconfirmed")
    assert send.call_count == 1
