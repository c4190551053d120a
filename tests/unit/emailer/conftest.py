"""The emailer in the active Region, with an attempt that has started, and fakes of SES and SNS."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import MagicMock

import pytest

from common.state_table import StateTable
from emailer import app
from tests.unit.emailer.helpers import HERE, ITEM, THERE, Emailer
from tests.unit.helpers import STATE_TABLE, replace_client, set_active_region, set_environment
from tests.unit.samples import MRAP

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

TOPIC = "arn:aws:sns:us-west-2:123456789012:batch-operators"


@pytest.fixture
def send(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    """SES, which accepts every mail."""
    method: MagicMock = replace_client(monkeypatch, app, "SES").send_email
    method.return_value = {"MessageId": "m1"}
    return method


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    """The operators' topic."""
    method: MagicMock = replace_client(monkeypatch, app, "SNS").publish
    return method


@pytest.fixture
def state(state: StateTable) -> StateTable:
    """The table with the item of an attempt that has started."""
    state.create(ITEM)
    return state


@pytest.fixture
def emailer(
    send: MagicMock,  # noqa: ARG001 - no test may reach SES
    publish: MagicMock,  # noqa: ARG001 - no test may reach SNS
    state: StateTable,  # noqa: ARG001 - creates the item
    context: LambdaContext,
    monkeypatch: pytest.MonkeyPatch,
) -> Emailer:
    """The handler."""
    set_environment(
        monkeypatch,
        STATE_TABLE=STATE_TABLE,
        ACTIVE_RECORD="active.batch.internal",
        MRAP_ARN=MRAP,
        SENDER="batch@example.com",
        RECIPIENT="user@example.com",
        LINK_SECONDS="3600",
        FENCE_SECONDS="180",
        OPERATORS_TOPIC_ARN=TOPIC,
        PEER_REGION=THERE,
        AWS_REGION=HERE,
    )
    set_active_region(monkeypatch, HERE)
    return lambda event: app.handler(event, context)
