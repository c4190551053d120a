"""The emailer's protocol: claim, send, mark; one mail a run, and the row tells the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import dns.resolver
import pytest
from botocore.awsrequest import AWSResponse, HTTPHeaders
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from common import aws
from common.state_table import StateTable
from emailer.mailer import MailUnconfirmed
from tests.unit.emailer.emailing import ROW, Call, make_active, row
from tests.unit.support import EVENT, STATE, failing

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

FAILED = {
    "outcome": "failed",
    "run_id": "r",
    "attempt": 1,
    "key": "input/sales.csv",
    "error": "InputRefused",
    "reason": "the file is empty",
}
LOST = ReadTimeoutError(endpoint_url="https://email")
SENT = {"message_id": "m1", "superseded": False}
STOPPED = {"message_id": None, "superseded": True}
UNSENT = EndpointConnectionError(endpoint_url="https://email")


def test_a_completed_run_is_mailed_and_its_row_says_where_it_was_completed(
    call: Call, send: MagicMock, state: StateTable
) -> None:
    assert call(EVENT) == SENT
    (mail,) = send.call_args_list
    assert mail.kwargs["FromEmailAddress"] == "batch@example.com"
    assert mail.kwargs["Destination"] == {"ToAddresses": ["user@example.com"]}
    assert mail.kwargs["Content"]["Simple"]["Subject"]["Data"] == "Processed: sales.csv"
    expected = {
        "status": "COMPLETED",
        "completed_region": "us-west-2",
        "rows_in": 10,
        "rows_out": 8,
        "rows_rejected": 2,
        "output_key": "output/r/sales.csv",
        "mail_message_id": "m1",
    }
    assert {name: row(state)[name] for name in expected} == expected
    assert row(state)["completed_at"] == row(state)["updated_at"]


def test_defect_16_the_row_is_not_completed_while_the_mail_is_being_sent(
    call: Call, send: MagicMock, state: StateTable
) -> None:
    seen = []

    def look(**_: Any) -> dict[str, str]:
        seen.append(row(state)["status"])
        return {"MessageId": "m1"}

    send.side_effect = look
    call(EVENT)
    assert seen == ["STARTED"]


@pytest.mark.parametrize("refused", [failing("MessageRejected"), UNSENT])
def test_defect_16_a_refused_mail_is_an_error_that_a_retry_can_mend(
    call: Call, send: MagicMock, state: StateTable, refused: Any
) -> None:
    send.side_effect = refused
    with pytest.raises((ClientError, EndpointConnectionError)):
        call(EVENT)
    assert row(state)["status"] == "STARTED"
    assert "mail_claimed_at" not in row(state)
    send.side_effect = None
    assert call(EVENT) == SENT
    assert row(state)["status"] == "COMPLETED"


@pytest.mark.parametrize("lost", [failing("InternalFailure", 500), LOST])
def test_a_mail_that_may_have_gone_is_never_sent_again(
    call: Call, send: MagicMock, state: StateTable, lost: Any
) -> None:
    send.side_effect = lost
    for _ in range(2):
        with pytest.raises(MailUnconfirmed):
            call(EVENT)
    assert send.call_count == 1
    assert row(state)["status"] == "STARTED"


def test_a_mail_that_was_sent_by_a_try_that_died_is_never_sent_again(
    call: Call, send: MagicMock, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(StateTable, "complete", MagicMock(side_effect=RuntimeError))
        with pytest.raises(RuntimeError):
            call(EVENT)
    with pytest.raises(MailUnconfirmed):
        call(EVENT)
    assert send.call_count == 1
    assert row(state)["status"] == "STARTED"


def test_a_claim_that_disappears_meanwhile_is_told(
    call: Call, send: MagicMock, state: StateTable
) -> None:
    def meddle(**_: Any) -> dict[str, str]:
        state.release_mail("r", row(state)["mail_claimed_at"])
        return {"MessageId": "m1"}

    send.side_effect = meddle
    with pytest.raises(MailUnconfirmed, match="its claim was gone"):
        call(EVENT)


def test_a_retry_after_success_answers_the_same_without_a_second_mail(
    call: Call, send: MagicMock
) -> None:
    assert call(EVENT) == call(EVENT) == SENT
    assert send.call_count == 1


def test_what_fails_before_the_mail_claims_nothing(call: Call, state: StateTable) -> None:
    with pytest.raises(KeyError):
        call({name: value for name, value in EVENT.items() if name != "output_key"})
    assert "mail_claimed_at" not in row(state)


def test_the_sdk_does_not_send_a_mail_again_by_itself() -> None:
    tried = []

    def answer(**_: Any) -> Any:
        tried.append(1)
        return AWSResponse("https://email", 500, HTTPHeaders(), MagicMock(stream=lambda: [b"{}"]))

    ses = aws.ses()
    ses.meta.events.register("before-send", answer)
    with pytest.raises(ClientError):
        ses.send_email(Content={})
    assert len(tried) == 1


def test_defect_18_a_failed_run_is_marked_and_the_user_is_told_why(
    call: Call, send: MagicMock, state: StateTable
) -> None:
    assert call(FAILED) == SENT
    stored = row(state)
    assert (stored["status"], stored["error"], stored["reason"]) == (
        "FAILED",
        "InputRefused",
        "the file is empty",
    )
    body = send.call_args.kwargs["Content"]["Simple"]["Body"]["Text"]["Data"]
    assert "  the file is empty\n" in body


def test_defect_18_the_row_is_failed_even_if_no_mail_can_be_sent(
    call: Call, send: MagicMock, state: StateTable
) -> None:
    send.side_effect = failing("AccountSuspendedException")
    with pytest.raises(ClientError):
        call(FAILED)
    assert row(state)["status"] == "FAILED"
    send.side_effect = None
    assert call(FAILED) == SENT


def test_a_failure_is_told_once(call: Call, send: MagicMock) -> None:
    assert call(FAILED) == call(FAILED) == SENT
    assert send.call_count == 1


def test_a_completed_run_never_turns_failed_nor_is_it_told_so(
    call: Call, send: MagicMock, state: StateTable
) -> None:
    call(EVENT)
    assert call(FAILED) == SENT
    assert row(state)["status"] == "COMPLETED"
    assert send.call_count == 1


def test_after_an_unconfirmed_mail_the_run_is_failed_and_no_other_mail_is_sent(
    call: Call, send: MagicMock, state: StateTable
) -> None:
    send.side_effect = LOST
    with pytest.raises(MailUnconfirmed):
        call(EVENT)
    with pytest.raises(MailUnconfirmed):
        call(FAILED | {"error": "MailUnconfirmed"})
    assert (row(state)["status"], row(state)["error"]) == ("FAILED", "MailUnconfirmed")
    assert send.call_count == 1


def test_a_run_that_is_redriven_after_its_failure_gets_its_result_mailed(
    call: Call, send: MagicMock, state: StateTable
) -> None:
    call(FAILED)
    send.return_value = {"MessageId": "m2"}
    assert call(EVENT) == {"message_id": "m2", "superseded": False}
    assert row(state)["status"] == "COMPLETED"


@pytest.mark.parametrize("event", [EVENT, FAILED])
def test_a_superseded_run_is_neither_mailed_nor_changed(
    call: Call, send: MagicMock, dynamodb: DynamoDBClient, event: dict[str, Any]
) -> None:
    superseded: Any = {
        "run_id": {"S": "r"},
        "status": {"S": "SUPERSEDED"},
        "region": {"S": "us-west-2"},
        "attempt": {"N": "1"},
    }
    dynamodb.put_item(TableName=STATE, Item=superseded)
    assert call(event) == STOPPED
    assert not send.called
    stored = dynamodb.get_item(TableName=STATE, Key={"run_id": {"S": "r"}})
    assert stored["Item"] == superseded


@pytest.mark.parametrize("event", [EVENT, FAILED])
def test_a_run_without_a_row_is_an_error(call: Call, event: dict[str, Any]) -> None:
    with pytest.raises(LookupError, match="no row in the state table for run other"):
        call(event | {"run_id": "other"})


def test_a_metric_for_each_file_and_no_signed_url_in_the_logs(
    call: Call, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    call(EVENT)
    call(EVENT)
    printed = capsys.readouterr().out
    assert printed.count('"FilesProcessed":[1.0]') == 1
    assert "X-Amz-" not in printed + str([vars(record) for record in caplog.records])


@pytest.mark.parametrize("event", [EVENT, FAILED])
def test_defect_5_a_region_that_is_no_longer_active_publishes_nothing(
    call: Call,
    send: MagicMock,
    state: StateTable,
    monkeypatch: pytest.MonkeyPatch,
    event: dict[str, Any],
) -> None:
    make_active(monkeypatch, "us-east-1")
    assert call(event) == STOPPED
    assert not send.called
    assert row(state) == ROW


@pytest.mark.parametrize("event", [EVENT, FAILED])
@pytest.mark.parametrize("later", [{"attempt": 2}, {"region": "us-east-1"}])
def test_defect_5_a_run_that_another_attempt_has_is_not_published(
    call: Call, send: MagicMock, dynamodb: DynamoDBClient, event: dict[str, Any], later: Any
) -> None:
    dynamodb.delete_item(TableName=STATE, Key={"run_id": {"S": "r"}})
    StateTable(dynamodb, STATE).create(ROW | later)
    assert call(event) == STOPPED
    assert not send.called


def test_defect_5_a_run_that_is_taken_over_while_it_is_published_is_not_mailed(
    call: Call, send: MagicMock, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = StateTable.claim_mail

    def take_over_first(table: StateTable, *given: Any) -> bool:
        state.take_over(row(state), "us-east-1")
        return claim(table, *given)

    monkeypatch.setattr(StateTable, "claim_mail", take_over_first)
    assert call(EVENT) == STOPPED
    assert not send.called


@pytest.mark.parametrize("event", [EVENT, FAILED])
def test_not_to_know_the_active_region_is_an_error_and_nothing_is_published(
    call: Call, send: MagicMock, monkeypatch: pytest.MonkeyPatch, event: dict[str, Any]
) -> None:
    monkeypatch.setattr(
        dns.resolver, "resolve", MagicMock(side_effect=dns.resolver.LifetimeTimeout)
    )
    with pytest.raises(dns.resolver.LifetimeTimeout):
        call(event)
    assert not send.called


def test_who_asks_gets_an_answer_and_no_mail(
    call: Call, send: MagicMock, state: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"outcome": "asked", "run_id": "r", "attempt": 1}
    assert call(asked) == {"message_id": None, "superseded": False}
    make_active(monkeypatch, "us-east-1")
    assert call(asked) == STOPPED
    assert not send.called
    assert row(state) == ROW
