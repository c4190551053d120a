"""The notice of a failed run that the operators get."""

from __future__ import annotations

from unittest.mock import MagicMock

import pytest
from botocore.exceptions import ClientError

from tests.unit.emailer.conftest import TOPIC
from tests.unit.emailer.helpers import NOT_MAILED, Emailer
from tests.unit.helpers import raising, set_active_region

EXECUTION = "arn:aws:states:us-west-2:123456789012:execution:MainOrchestrator:r"
NOTICE = {
    "action": "notify_operators",
    "run_id": "r",
    "key": "input/sales.csv",
    "error": "InputRefused",
    "reason": "the file is empty",
    "execution": EXECUTION,
}


def test_the_notice_names_run_file_region_reason_and_execution(
    emailer: Emailer, publish: MagicMock
) -> None:
    assert emailer(NOTICE) == NOT_MAILED
    publish.assert_called_once_with(
        TopicArn=TOPIC,
        Subject="Batch run failed",
        Message="Run r of input/sales.csv failed in us-west-2.\n"
        f"InputRefused: the file is empty\n{EXECUTION}",
    )


def test_neither_key_nor_reason_adds_a_line_that_is_not_indented(
    emailer: Emailer, publish: MagicMock
) -> None:
    key = "input/a\nRun x failed\u202e.csv"
    emailer(NOTICE | {"key": key, "reason": "cause\nremedy\r\ndetails\u2028x"})
    (call,) = publish.call_args_list
    assert call.kwargs["Subject"] == "Batch run failed"
    assert call.kwargs["Message"] == (
        "Run r of input/a<U+000A>Run x failed<U+202E>.csv failed in us-west-2.\n"
        f"InputRefused: cause\n  remedy\n  details<U+2028>x\n{EXECUTION}"
    )


def test_the_notice_needs_neither_dns_nor_the_row(
    emailer: Emailer, publish: MagicMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The state machine has asked before, so operators are told even without the table."""
    set_active_region(monkeypatch)
    emailer(NOTICE | {"run_id": "without a row"})
    assert publish.called


def test_an_error_of_sns_is_raised_so_that_the_state_machine_tries_again(
    emailer: Emailer, publish: MagicMock
) -> None:
    publish.side_effect = raising("InternalError", 500)
    with pytest.raises(ClientError):
        emailer(NOTICE)
