"""A run that completed: the emailer claims the mail, sends it once, and marks the attempt."""

from __future__ import annotations

from typing import Any
from unittest.mock import MagicMock

import pytest
from botocore.awsrequest import AWSResponse, HTTPHeaders
from botocore.exceptions import ClientError, EndpointConnectionError

from common import aws
from common.state_table import StateTable
from emailer import mailer
from emailer.mailer import MailUnconfirmed
from tests.unit.emailer.helpers import (
    ATTEMPT,
    FAILED_EVENT,
    MAILED,
    NO_RESPONSE,
    NOT_CONNECTED,
    Emailer,
    part,
    read_item,
    sent_message,
)
from tests.unit.helpers import raising
from tests.unit.samples import COMPLETED_EVENT


def test_a_completed_run_is_mailed_and_its_item_names_the_region(
    emailer: Emailer, send: MagicMock, state: StateTable
) -> None:
    assert emailer(COMPLETED_EVENT) == MAILED
    (mail,) = send.call_args_list
    assert mail.kwargs["FromEmailAddress"] == "batch@example.com"
    assert mail.kwargs["Destination"] == {"ToAddresses": ["user@example.com"]}
    message = sent_message(send)
    assert message["Subject"] == "Processed: sales.csv"
    assert (message["From"], message["To"]) == ("batch@example.com", "user@example.com")
    assert "Received:           2026-01-01 00:00:00 UTC\n" in part(message, "plain")
    assert "Size of the file:   1.2 kB (1,234 bytes)\n" in part(message, "plain")
    expected = {
        "status": "COMPLETED",
        "completed_region": "us-west-2",
        "rows_in": 10,
        "rows_out": 8,
        "rows_rejected": 2,
        "output_key": "output/r/sales.csv",
        "mail_message_id": "m1",
    }
    item = read_item(state)
    assert {name: item[name] for name in expected} == expected
    assert item["completed_at"] == item["updated_at"]


def test_defect_16_the_attempt_is_not_completed_while_the_mail_is_being_sent(
    emailer: Emailer, send: MagicMock, state: StateTable
) -> None:
    statuses = []

    def record_status(**_: Any) -> dict[str, str]:
        statuses.append(read_item(state)["status"])
        return {"MessageId": "m1"}

    send.side_effect = record_status
    emailer(COMPLETED_EVENT)
    assert statuses == ["STARTED"]


@pytest.mark.parametrize("refusal", [raising("MessageRejected"), NOT_CONNECTED])
def test_defect_16_a_refused_mail_is_an_error_and_a_retry_can_send_it(
    emailer: Emailer, send: MagicMock, state: StateTable, refusal: Any
) -> None:
    send.side_effect = refusal
    with pytest.raises((ClientError, EndpointConnectionError)):
        emailer(COMPLETED_EVENT)
    assert read_item(state)["status"] == "STARTED"
    assert "mail_claim" not in read_item(state)
    send.side_effect = None
    assert emailer(COMPLETED_EVENT) == MAILED
    assert read_item(state)["status"] == "COMPLETED"


@pytest.mark.parametrize("event", [COMPLETED_EVENT, FAILED_EVENT])
def test_a_mail_that_cannot_be_composed_is_not_claimed(
    emailer: Emailer, state: StateTable, monkeypatch: pytest.MonkeyPatch, event: dict[str, Any]
) -> None:
    monkeypatch.setattr(mailer, "mime_message", MagicMock(side_effect=ValueError("odd")))
    with pytest.raises(ValueError, match="odd"):
        emailer(event)
    assert "mail_claim" not in read_item(state)


@pytest.mark.parametrize("error", [raising("InternalFailure", 500), NO_RESPONSE])
def test_a_mail_that_may_have_been_sent_is_never_sent_again(
    emailer: Emailer, send: MagicMock, state: StateTable, error: Any
) -> None:
    send.side_effect = error
    for _ in range(2):
        with pytest.raises(MailUnconfirmed):
            emailer(COMPLETED_EVENT)
    assert send.call_count == 1
    assert read_item(state)["status"] == "STARTED"


def test_a_mail_that_a_broken_off_try_has_sent_is_never_sent_again(
    emailer: Emailer, send: MagicMock, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(StateTable, "complete", MagicMock(side_effect=RuntimeError))
        with pytest.raises(RuntimeError):
            emailer(COMPLETED_EVENT)
    with pytest.raises(MailUnconfirmed):
        emailer(COMPLETED_EVENT)
    assert send.call_count == 1
    assert read_item(state)["status"] == "STARTED"


def test_a_claim_that_disappears_meanwhile_is_an_error(
    emailer: Emailer, send: MagicMock, state: StateTable
) -> None:
    def release_claim(**_: Any) -> dict[str, str]:
        state.release_mail(ATTEMPT, read_item(state)["mail_claim"])
        return {"MessageId": "m1"}

    send.side_effect = release_claim
    with pytest.raises(MailUnconfirmed, match="its claim was gone"):
        emailer(COMPLETED_EVENT)


def test_a_retry_after_success_answers_the_same_without_a_second_mail(
    emailer: Emailer, send: MagicMock
) -> None:
    assert emailer(COMPLETED_EVENT) == emailer(COMPLETED_EVENT) == MAILED
    assert send.call_count == 1


def test_an_error_before_the_mail_leaves_it_unclaimed(emailer: Emailer, state: StateTable) -> None:
    with pytest.raises(KeyError):
        emailer({name: COMPLETED_EVENT[name] for name in COMPLETED_EVENT if name != "output_key"})
    assert "mail_claim" not in read_item(state)


def test_the_sdk_does_not_send_a_mail_again_by_itself() -> None:
    requests = []

    def respond(**_: Any) -> Any:
        requests.append(1)
        return AWSResponse("https://email", 500, HTTPHeaders(), MagicMock(stream=lambda: [b"{}"]))

    ses = aws.ses()
    ses.meta.events.register("before-send", respond)
    with pytest.raises(ClientError):
        ses.send_email(Content={})
    assert len(requests) == 1


def test_a_run_that_is_redriven_after_its_failure_gets_its_result_mailed(
    emailer: Emailer, send: MagicMock, state: StateTable
) -> None:
    emailer(FAILED_EVENT)
    send.return_value = {"MessageId": "m2"}
    assert emailer(COMPLETED_EVENT) == {"message_id": "m2", "superseded": False, "wait": None}
    assert read_item(state)["status"] == "COMPLETED"


def test_each_file_is_counted_once_and_no_signed_url_is_logged(
    emailer: Emailer, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    emailer(COMPLETED_EVENT)
    emailer(COMPLETED_EVENT)
    output = capsys.readouterr().out
    assert output.count('"FilesProcessed":[1.0]') == 1
    assert "X-Amz-" not in output + str([vars(record) for record in caplog.records])
