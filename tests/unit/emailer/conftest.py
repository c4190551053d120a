"""The emailer with a row of a started run, and SES that takes every mail."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import MagicMock

import pytest

from common.state_table import StateTable
from emailer import app
from tests.unit.emailer.emailing import ROW, Call, make_active
from tests.unit.support import MRAP, STATE, given

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_dynamodb import DynamoDBClient

TOPIC = "arn:aws:sns:us-west-2:123456789012:batch-operators"


@pytest.fixture
def send(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    """SES that takes every mail."""
    client = MagicMock()
    client.send_email.return_value = {"MessageId": "m1"}
    monkeypatch.setattr(app, "SES", client)
    sending: MagicMock = client.send_email
    return sending


@pytest.fixture
def state(dynamodb: DynamoDBClient) -> StateTable:
    """The row of a started run."""
    table = StateTable(dynamodb, STATE)
    table.create(ROW)
    return table


@pytest.fixture
def call(
    send: MagicMock,  # noqa: ARG001 - no test reaches SES
    state: StateTable,  # noqa: ARG001 - there is always a row
    context: LambdaContext,
    monkeypatch: pytest.MonkeyPatch,
) -> Call:
    """The handler."""
    given(
        monkeypatch,
        app.settings,
        STATE_TABLE=STATE,
        ACTIVE_RECORD="active.batch.internal",
        MRAP_ARN=MRAP,
        SENDER="batch@example.com",
        RECIPIENT="user@example.com",
        LINK_SECONDS="3600",
        OPERATORS_TOPIC_ARN=TOPIC,
        AWS_REGION="us-west-2",
    )
    make_active(monkeypatch, "us-west-2")
    return lambda event: app.handler(event, context)
