"""The row of a run, and the events of the emailer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from common.state_table import StateTable

Emailer = Callable[[dict[str, Any]], Any]
ROW = {
    "run_id": "r",
    "key": "input/sales.csv",
    "status": "STARTED",
    "region": "us-west-2",
    "attempt": 1,
}
FAILED_EVENT = {
    "action": "fail_run",
    "run_id": "r",
    "attempt": 1,
    "key": "input/sales.csv",
    "error": "InputRefused",
    "reason": "the file is empty",
}
# What the emailer answers.
MAILED = {"message_id": "m1", "superseded": False}
NOT_MAILED = {"message_id": None, "superseded": False}
SUPERSEDED = {"message_id": None, "superseded": True}
# After the first the mail may have been sent, after the second it was not.
NO_RESPONSE = ReadTimeoutError(endpoint_url="https://email")
NOT_CONNECTED = EndpointConnectionError(endpoint_url="https://email")


def read_row(state: StateTable, run_id: str = "r") -> dict[str, Any]:
    return state.get_existing(run_id)
