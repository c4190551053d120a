"""EventBridge reports an execution that ended badly: its Region closes the attempt, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import dns.resolver
import pytest
from botocore.exceptions import ClientError

from common.attempts import AttemptId
from common.keys import run_id
from common.runs import attempt_item
from common.state_table import StateTable
from emailer import app
from emailer.execution_end import MAX_REASON_LENGTH
from tests.unit.emailer.helpers import (
    HERE,
    NOT_MAILED,
    SUPERSEDED,
    THERE,
    VERSION,
    Emailer,
    begin_attempt,
    part,
    read_item,
    sent_message,
)
from tests.unit.helpers import STATE_TABLE, raising, replace_client, set_active_region
from tests.unit.samples import COMPLETED_EVENT

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

RUN_ID = run_id("input/sales.csv", "v1")
STATE_MACHINE = "arn:aws:states:us-west-2:123456789012:stateMachine:MainOrchestrator"
EXECUTION = f"arn:aws:states:us-west-2:123456789012:execution:MainOrchestrator:{RUN_ID}"
# https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html: the event may
# lack the input, and so it may lack error and cause, which are not documented.
EVENT: dict[str, Any] = {
    "version": "0",
    "id": "315c1398-40ff-a850-213b-158f73e60175",
    "detail-type": "Step Functions Execution Status Change",
    "source": "aws.states",
    "account": "123456789012",
    "time": "2026-11-25T09:00:00Z",
    "region": "us-west-2",
    "resources": [EXECUTION],
    "detail": {
        "executionArn": EXECUTION,
        "stateMachineArn": STATE_MACHINE,
        "name": RUN_ID,
        "status": "ABORTED",
        "startDate": 1551225014968,
        "stopDate": 1551225017576,
        "inputDetails": {"included": False},
        "output": None,
        "outputDetails": None,
    },
}
ATTEMPT = AttemptId(RUN_ID, 1)
STARTED_ITEM = attempt_item(ATTEMPT, HERE, VERSION)


@pytest.fixture
def describe(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    """DescribeExecution, which answers that an operator stopped the execution."""
    client = replace_client(monkeypatch, app, "STEP_FUNCTIONS")
    method: MagicMock = client.describe_execution
    method.return_value = {
        "name": RUN_ID,
        "status": "ABORTED",
        "error": "Enough",
        "cause": "stopped by the operator",
    }
    return method


@pytest.fixture
def close(emailer: Emailer, describe: MagicMock) -> Emailer:  # noqa: ARG001 - replaces the client
    """The handler, with a fake of Step Functions."""
    return emailer


def write_item(dynamodb: DynamoDBClient, **attributes: Any) -> StateTable:
    table = StateTable(dynamodb, STATE_TABLE, HERE, THERE)
    table.create(STARTED_ITEM | attributes)
    return table


@pytest.fixture
def table(dynamodb: DynamoDBClient) -> StateTable:
    """The item of the attempt that ended, still STARTED."""
    return write_item(dynamodb)


def test_defect_18_a_stopped_run_ends_failed_and_everybody_gets_the_reason(
    close: Emailer, table: StateTable, send: MagicMock, publish: MagicMock
) -> None:
    assert close(EVENT) == {"message_id": "m1", "superseded": False, "wait": None}
    item = read_item(table, ATTEMPT)
    assert (item["status"], item["error"]) == ("FAILED", "Enough")
    assert item["reason"] == "stopped by the operator"
    (notice,) = publish.call_args_list
    assert "Enough: stopped by the operator" in notice.kwargs["Message"]
    assert send.call_count == 1
    assert "stopped by the operator" in part(sent_message(send), "plain")


@pytest.mark.parametrize(
    ("status", "error"),
    [("FAILED", "RunFailed"), ("TIMED_OUT", "RunTimedOut"), ("ABORTED", "RunStopped")],
)
def test_an_end_without_a_reason_gets_one(
    close: Emailer, table: StateTable, describe: MagicMock, status: str, error: str
) -> None:
    describe.return_value = {"name": RUN_ID, "status": status}
    close(EVENT)
    assert read_item(table, ATTEMPT)["error"] == error
    assert read_item(table, ATTEMPT)["reason"].startswith("The run ")


def test_a_repeated_event_changes_nothing_and_notifies_nobody(
    close: Emailer, table: StateTable, send: MagicMock, publish: MagicMock
) -> None:
    assert close(EVENT) == close(EVENT)
    before = read_item(table, ATTEMPT)
    close(EVENT)
    assert read_item(table, ATTEMPT) == before
    assert (send.call_count, publish.call_count) == (1, 1)


@pytest.mark.parametrize(
    "attributes",
    [
        {"status": "COMPLETED", "mail_message_id": "m0"},
        {"status": "SUPERSEDED"},
        {"status": "FAILED", "mail_claim": "t", "mail_message_id": "m0", "error": "E"},
        {"status": "FAILED", "mail_claim": "t", "error": "MailUnconfirmed"},
        {"status": "STARTED", "mail_claim": "t", "mail_message_id": "m0"},
    ],
)
def test_an_attempt_that_is_closed_or_mailed_stays_as_it_is(
    close: Emailer, dynamodb: DynamoDBClient, send: MagicMock, publish: MagicMock, attributes: Any
) -> None:
    table = write_item(dynamodb, **attributes)
    close(EVENT)
    assert read_item(table, ATTEMPT) == STARTED_ITEM | attributes
    assert not send.called
    assert not publish.called


def test_defect_5_an_attempt_that_lost_its_run_is_superseded_and_nothing_else_is_written(
    close: Emailer, table: StateTable, send: MagicMock, publish: MagicMock
) -> None:
    begin_attempt(table, 2, THERE, RUN_ID)
    (other,) = [item for item in table.attempts(RUN_ID) if item["region"] == THERE]
    assert close(EVENT) == SUPERSEDED
    assert read_item(table, ATTEMPT)["status"] == "SUPERSEDED"
    assert other in table.attempts(RUN_ID)
    assert not send.called
    assert not publish.called


def test_defect_5_a_region_that_is_not_active_tells_nobody(
    close: Emailer, table: StateTable, send: MagicMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_active_region(monkeypatch, THERE)
    assert close(EVENT) == SUPERSEDED
    assert read_item(table, ATTEMPT)["status"] == "SUPERSEDED"
    assert not send.called


def test_an_unknown_active_region_is_an_error_so_that_lambda_tries_again(
    close: Emailer, table: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_answer = MagicMock(side_effect=dns.resolver.LifetimeTimeout)
    monkeypatch.setattr(dns.resolver, "resolve", no_answer)
    with pytest.raises(dns.resolver.LifetimeTimeout):
        close(EVENT)
    assert read_item(table, ATTEMPT) == STARTED_ITEM


def test_a_run_that_is_completed_meanwhile_stays_completed(
    close: Emailer, table: StateTable, publish: MagicMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopping an execution does not end its call of the emailer."""
    fail = StateTable.fail

    def complete_first(state: StateTable, *arguments: Any) -> bool:
        table.claim_mail(ATTEMPT, "t")
        table.complete(ATTEMPT, "t", {"mail_message_id": "m0"})
        return fail(state, *arguments)

    monkeypatch.setattr(StateTable, "fail", complete_first)
    assert close(EVENT) == NOT_MAILED
    assert read_item(table, ATTEMPT)["status"] == "COMPLETED"
    assert not publish.called


@pytest.mark.parametrize(
    "execution",
    [
        {"name": RUN_ID, "status": "RUNNING"},
        {"name": RUN_ID, "status": "SUCCEEDED"},
        {"name": "started-by-an-operator", "status": "ABORTED"},
    ],
)
def test_an_execution_that_was_redriven_or_is_no_attempt_closes_nothing(
    close: Emailer, table: StateTable, describe: MagicMock, execution: Any
) -> None:
    describe.return_value = execution
    assert close(EVENT) == NOT_MAILED
    assert read_item(table, ATTEMPT) == STARTED_ITEM


def test_the_execution_of_a_later_attempt_closes_that_attempt(
    close: Emailer, dynamodb: DynamoDBClient, describe: MagicMock
) -> None:
    later = AttemptId(RUN_ID, 12)
    describe.return_value = {"name": later.name, "status": "ABORTED"}
    table = write_item(dynamodb)
    begin_attempt(table, 12, HERE, RUN_ID)
    close(EVENT)
    assert read_item(table, later)["status"] == "FAILED"
    assert read_item(table, ATTEMPT)["status"] == "STARTED"


def test_the_reason_that_a_chunk_has_written_comes_first(
    close: Emailer, dynamodb: DynamoDBClient, publish: MagicMock
) -> None:
    table = write_item(dynamodb, error="ChunkCorrupt", reason="Chunk 7: 3 of 4 rows")
    close(EVENT)
    assert read_item(table, ATTEMPT)["error"] == "ChunkCorrupt"
    assert "ChunkCorrupt: Chunk 7: 3 of 4 rows" in publish.call_args.kwargs["Message"]


def test_the_reason_of_another_attempt_is_not_used(
    close: Emailer, dynamodb: DynamoDBClient, describe: MagicMock
) -> None:
    later = AttemptId(RUN_ID, 2)
    describe.return_value = {"name": later.name, "status": "ABORTED"}
    table = write_item(dynamodb, status="FAILED", error="E", reason="of it")
    begin_attempt(table, 2, HERE, RUN_ID)
    close(EVENT)
    assert read_item(table, later)["error"] == "RunStopped"


def test_a_failure_that_is_recorded_and_not_mailed_is_mailed(
    close: Emailer, dynamodb: DynamoDBClient, send: MagicMock
) -> None:
    """The execution was stopped after it had recorded the failure, or SES refused every try."""
    table = write_item(dynamodb, status="FAILED", error="RowsDoNotAddUp", reason="9 of 10")
    assert close(EVENT)["message_id"] == "m1"
    assert read_item(table, ATTEMPT)["error"] == "RowsDoNotAddUp"
    assert "9 of 10" in part(sent_message(send), "plain")


def test_a_claimed_mail_is_uncertain_and_the_operators_are_notified(
    close: Emailer, dynamodb: DynamoDBClient, send: MagicMock, publish: MagicMock
) -> None:
    table = write_item(dynamodb, mail_claim="t")
    assert close(EVENT) == NOT_MAILED
    assert (read_item(table, ATTEMPT)["status"], read_item(table, ATTEMPT)["error"]) == (
        "FAILED",
        "MailUnconfirmed",
    )
    assert "MailUnconfirmed" in publish.call_args.kwargs["Message"]
    assert not send.called


def test_the_user_is_notified_even_if_the_operators_cannot_be(
    close: Emailer, table: StateTable, send: MagicMock, publish: MagicMock
) -> None:
    publish.side_effect = raising("InternalError", 500)
    close(EVENT)
    assert send.call_count == 1
    assert read_item(table, ATTEMPT)["status"] == "FAILED"


def test_a_refused_mail_is_sent_when_the_event_is_delivered_again(
    close: Emailer, table: StateTable, send: MagicMock
) -> None:
    send.side_effect = raising("AccountSuspendedException")
    with pytest.raises(ClientError):
        close(EVENT)
    assert read_item(table, ATTEMPT)["status"] == "FAILED"
    send.side_effect = None
    assert close(EVENT)["message_id"] == "m1"


def test_a_run_that_is_redriven_after_its_stop_gets_its_result_mailed(
    close: Emailer, table: StateTable, send: MagicMock
) -> None:
    close(EVENT)
    send.return_value = {"MessageId": "m2"}
    assert close(COMPLETED_EVENT | {"run_id": RUN_ID}) == {
        "message_id": "m2",
        "superseded": False,
        "wait": None,
    }
    assert read_item(table, ATTEMPT)["status"] == "COMPLETED"
    assert "error" not in read_item(table, ATTEMPT)


def test_a_long_cause_is_cut(close: Emailer, table: StateTable, describe: MagicMock) -> None:
    describe.return_value = {"name": RUN_ID, "status": "ABORTED", "cause": "x" * 30_000}
    close(EVENT)
    assert read_item(table, ATTEMPT)["reason"] == "x" * MAX_REASON_LENGTH
