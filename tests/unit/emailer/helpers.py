"""The item of an attempt, and the events of the emailer."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from unittest.mock import MagicMock

from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from common.attempts import AttemptId
from common.runs import InputVersion, attempt_item
from common.state_table import StateTable
from tests.unit.helpers import write_item

Emailer = Callable[[dict[str, Any]], Any]
HERE, THERE = "us-west-2", "us-east-1"
VERSION = InputVersion("input/sales.csv", "v1", 5)
ATTEMPT = AttemptId("r", 1)
ITEM = attempt_item(ATTEMPT, HERE, VERSION, started_at="2026-01-01T00:00:00.000Z")
FAILED_EVENT = {
    "action": "fail_run",
    "run_id": "r",
    "attempt": 1,
    "key": "input/sales.csv",
    "error": "InputRefused",
    "reason": "the file is empty",
}
# What the emailer answers.
MAILED = {"message_id": "m1", "superseded": False, "wait": None}
NOT_MAILED = {"message_id": None, "superseded": False, "wait": None}
SUPERSEDED = {"message_id": None, "superseded": True, "wait": None}
# After the first the mail may have been sent, after the second it was not.
NO_RESPONSE = ReadTimeoutError(endpoint_url="https://email")
NOT_CONNECTED = EndpointConnectionError(endpoint_url="https://email")


def read_item(state: StateTable, attempt: AttemptId = ATTEMPT) -> dict[str, Any]:
    return state.own_existing(attempt)


def begin_attempt(
    state: StateTable, number: int, region: str = THERE, run_id: str = "r", **attributes: Any
) -> None:
    """Write the item of another attempt, as its Region did."""
    item = attempt_item(AttemptId(run_id, number), region, VERSION)
    write_item(state, item | attributes)


def sent_message(send: MagicMock) -> EmailMessage:
    """Return the last message that SES was given, as a mail program reads it."""
    return parsed(send.call_args.kwargs["Content"]["Raw"]["Data"])


def parsed(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def part(message: EmailMessage, subtype: str) -> str:
    """Return the text of the part, plain or html, with LF as line ends."""
    body = message.get_body((subtype,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")
