"""An execution that ended badly, told by EventBridge: its run is closed, once, and by its owner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import dns.resolver
import pytest
from botocore.exceptions import ClientError
from localcloud.testing import evaluate

from common.attempts import Attempt
from common.keys import run_id
from common.state import Owner, StateTable
from emailer import app
from emailer.operators import message
from tests.templates.loading import states
from tests.unit.emailer.emailing import ROW, Call, make_active, row
from tests.unit.support import EVENT, STATE, failing

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

RUN = run_id("input/sales.csv", "v1")
MACHINE = "arn:aws:states:us-west-2:123456789012:stateMachine:MainOrchestrator"
EXECUTION = f"arn:aws:states:us-west-2:123456789012:execution:MainOrchestrator:{RUN}"
# https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html; its input may
# be missing, and so may what is not documented: error and cause.
TOLD: dict[str, Any] = {
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
        "stateMachineArn": MACHINE,
        "name": RUN,
        "status": "ABORTED",
        "startDate": 1551225014968,
        "stopDate": 1551225017576,
        "inputDetails": {"included": False},
        "output": None,
        "outputDetails": None,
    },
}
OWN = ROW | {"run_id": RUN}
NOTHING = {"message_id": None, "superseded": False}


@pytest.fixture
def describe(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    """Step Functions, which knows a stopped execution; ``return_value`` is what it answers."""
    client = MagicMock()
    client.describe_execution.return_value = {
        "name": RUN,
        "status": "ABORTED",
        "error": "Enough",
        "cause": "stopped by the operator",
    }
    monkeypatch.setattr(app, "STEP_FUNCTIONS", client)
    described: MagicMock = client.describe_execution
    return described


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    """The operators' topic."""
    client = MagicMock()
    monkeypatch.setattr(app, "SNS", client)
    published: MagicMock = client.publish
    return published


@pytest.fixture
def ends(call: Call, describe: MagicMock, publish: MagicMock) -> Call:  # noqa: ARG001 - are there
    """The handler, with everything that it asks."""
    return call


def put(dynamodb: DynamoDBClient, **changed: Any) -> StateTable:
    dynamodb.delete_item(TableName=STATE, Key={"run_id": {"S": RUN}})
    table = StateTable(dynamodb, STATE)
    table.create(OWN | changed)
    return table


@pytest.fixture
def table(dynamodb: DynamoDBClient) -> StateTable:
    """The row of the run that ended, still STARTED."""
    return put(dynamodb)


def test_defect_18_a_stopped_run_ends_failed_and_everybody_is_told_why(
    ends: Call, table: StateTable, send: MagicMock, publish: MagicMock
) -> None:
    assert ends(TOLD) == {"message_id": "m1", "superseded": False}
    stored = row(table, RUN)
    assert (stored["status"], stored["error"]) == ("FAILED", "Enough")
    assert stored["reason"] == "stopped by the operator"
    (told,) = publish.call_args_list
    assert "Enough: stopped by the operator" in told.kwargs["Message"]
    (mail,) = send.call_args_list
    assert "stopped by the operator" in mail.kwargs["Content"]["Simple"]["Body"]["Text"]["Data"]


@pytest.mark.parametrize(
    ("status", "error"),
    [("FAILED", "RunFailed"), ("TIMED_OUT", "RunTimedOut"), ("ABORTED", "RunStopped")],
)
def test_an_end_without_a_reason_is_put_into_words(
    ends: Call, table: StateTable, describe: MagicMock, status: str, error: str
) -> None:
    describe.return_value = {"name": RUN, "status": status}
    ends(TOLD)
    assert row(table, RUN)["error"] == error
    assert row(table, RUN)["reason"].startswith("The run ")


def test_an_event_that_comes_again_changes_nothing_and_tells_nobody(
    ends: Call, table: StateTable, send: MagicMock, publish: MagicMock
) -> None:
    assert ends(TOLD) == ends(TOLD)
    before = row(table, RUN)
    ends(TOLD)
    assert row(table, RUN) == before
    assert (send.call_count, publish.call_count) == (1, 1)


@pytest.mark.parametrize(
    "there",
    [
        {"status": "COMPLETED", "mail_message_id": "m0"},
        {"status": "SUPERSEDED"},
        {"status": "FAILED", "mail_claimed_at": "t", "mail_message_id": "m0", "error": "E"},
        {"status": "FAILED", "mail_claimed_at": "t", "error": "MailUnconfirmed"},
        {"status": "STARTED", "mail_claimed_at": "t", "mail_message_id": "m0"},
    ],
)
def test_a_run_that_is_closed_told_or_reopened_is_left_as_it_is(
    ends: Call, dynamodb: DynamoDBClient, send: MagicMock, publish: MagicMock, there: Any
) -> None:
    table = put(dynamodb, **there)
    ends(TOLD)
    assert row(table, RUN) == OWN | there
    assert not send.called
    assert not publish.called


@pytest.mark.parametrize("owner", [{"attempt": 2}, {"region": "us-east-1"}])
def test_defect_5_a_row_of_another_attempt_or_region_is_left_as_it_is(
    ends: Call, dynamodb: DynamoDBClient, send: MagicMock, publish: MagicMock, owner: Any
) -> None:
    table = put(dynamodb, **owner)
    assert ends(TOLD) == {"message_id": None, "superseded": True}
    assert row(table, RUN) == OWN | owner
    assert not send.called
    assert not publish.called


def test_defect_5_a_region_that_is_not_active_closes_nothing(
    ends: Call, table: StateTable, send: MagicMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_active(monkeypatch, "us-east-1")
    assert ends(TOLD) == {"message_id": None, "superseded": True}
    assert row(table, RUN) == OWN
    assert not send.called


def test_not_to_know_the_active_region_is_an_error_that_lambda_tries_again(
    ends: Call, table: StateTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = MagicMock(side_effect=dns.resolver.LifetimeTimeout)
    monkeypatch.setattr(dns.resolver, "resolve", unknown)
    with pytest.raises(dns.resolver.LifetimeTimeout):
        ends(TOLD)
    assert row(table, RUN) == OWN


def test_a_run_that_is_completed_meanwhile_stays_completed(
    ends: Call, table: StateTable, publish: MagicMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stop does not end the emailer's invocation, which runs on unheard."""
    fail = StateTable.fail

    def complete_first(state: StateTable, *given: Any) -> bool:
        table.claim_mail(RUN, "t", Owner("us-west-2", 1))
        table.complete(RUN, "t", {"mail_message_id": "m0"})
        return fail(state, *given)

    monkeypatch.setattr(StateTable, "fail", complete_first)
    assert ends(TOLD) == NOTHING
    assert row(table, RUN)["status"] == "COMPLETED"
    assert not publish.called


@pytest.mark.parametrize(
    "execution",
    [
        {"name": RUN, "status": "RUNNING"},
        {"name": RUN, "status": "SUCCEEDED"},
        {"name": "an-operators-own-try", "status": "ABORTED"},
    ],
)
def test_a_redriven_execution_and_one_of_no_attempt_close_nothing(
    ends: Call, table: StateTable, describe: MagicMock, execution: Any
) -> None:
    describe.return_value = execution
    assert ends(TOLD) == NOTHING
    assert row(table, RUN) == OWN


def test_the_execution_of_a_later_attempt_closes_that_attempt(
    ends: Call, dynamodb: DynamoDBClient, describe: MagicMock
) -> None:
    describe.return_value = {"name": Attempt(RUN, 12).id, "status": "ABORTED"}
    table = put(dynamodb, attempt=12)
    ends(TOLD)
    assert (row(table, RUN)["status"], row(table, RUN)["attempt"]) == ("FAILED", 12)


def test_the_reason_that_a_chunk_noted_comes_first(
    ends: Call, dynamodb: DynamoDBClient, publish: MagicMock
) -> None:
    table = put(dynamodb, error="ChunkCorrupt", reason="Chunk 7: 3 of 4 rows")
    ends(TOLD)
    assert row(table, RUN)["error"] == "ChunkCorrupt"
    assert "ChunkCorrupt: Chunk 7: 3 of 4 rows" in publish.call_args.kwargs["Message"]


def test_the_reason_of_an_attempt_that_was_replaced_is_not_this_ones(
    ends: Call, dynamodb: DynamoDBClient, describe: MagicMock
) -> None:
    """A late write of the other Region replaced the row; it is taken back."""
    describe.return_value = {"name": Attempt(RUN, 2).id, "status": "ABORTED"}
    notice = {"mail_claimed_at": "t", "mail_message_id": "m0", "error": "E", "reason": "of it"}
    table = put(dynamodb, status="FAILED", region="us-east-1", **notice)
    ends(TOLD)
    stored = row(table, RUN)
    assert (stored["error"], stored["attempt"], stored["region"]) == ("RunStopped", 2, "us-west-2")


def test_a_failure_that_was_recorded_and_not_mailed_is_mailed(
    ends: Call, dynamodb: DynamoDBClient, send: MagicMock
) -> None:
    """Its path was cut short: stopped after it had recorded, or SES refused every try."""
    table = put(dynamodb, status="FAILED", error="RowsDoNotAddUp", reason="9 of 10")
    assert ends(TOLD)["message_id"] == "m1"
    assert row(table, RUN)["error"] == "RowsDoNotAddUp"
    assert "9 of 10" in send.call_args.kwargs["Content"]["Simple"]["Body"]["Text"]["Data"]


def test_a_mail_that_was_on_its_way_is_uncertain_and_operators_are_told(
    ends: Call, dynamodb: DynamoDBClient, send: MagicMock, publish: MagicMock
) -> None:
    table = put(dynamodb, mail_claimed_at="t")
    assert ends(TOLD) == NOTHING
    assert (row(table, RUN)["status"], row(table, RUN)["error"]) == ("FAILED", "MailUnconfirmed")
    assert "MailUnconfirmed" in publish.call_args.kwargs["Message"]
    assert not send.called


def test_the_user_is_told_though_the_operators_cannot_be(
    ends: Call, table: StateTable, send: MagicMock, publish: MagicMock
) -> None:
    publish.side_effect = failing("InternalError", 500)
    ends(TOLD)
    assert send.call_count == 1
    assert row(table, RUN)["status"] == "FAILED"


def test_a_mail_that_was_refused_is_tried_again_with_the_event(
    ends: Call, table: StateTable, send: MagicMock
) -> None:
    send.side_effect = failing("AccountSuspendedException")
    with pytest.raises(ClientError):
        ends(TOLD)
    assert row(table, RUN)["status"] == "FAILED"
    send.side_effect = None
    assert ends(TOLD)["message_id"] == "m1"


def test_a_run_that_is_redriven_after_its_stop_gets_its_result_mailed(
    ends: Call, table: StateTable, send: MagicMock
) -> None:
    ends(TOLD)
    send.return_value = {"MessageId": "m2"}
    assert ends(EVENT | {"run_id": RUN}) == {"message_id": "m2", "superseded": False}
    assert row(table, RUN)["status"] == "COMPLETED"
    assert "error" not in row(table, RUN)


def test_the_operators_read_the_same_words_as_of_an_ordinary_failure() -> None:
    failure = {"run_id": RUN, "key": "input/sales.csv", "error": "E", "reason": "because"}
    worded = evaluate(
        states("main-orchestrator")["Tell the operators"]["Arguments"]["Message"],
        {"context": {"Execution": {"Id": EXECUTION}}},
        **failure,
    )
    assert message(failure, "us-west-2", EXECUTION) == worded
