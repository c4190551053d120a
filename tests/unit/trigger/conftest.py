"""The trigger in the active Region, with a state table, and fakes of S3 and Step Functions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import pytest

from tests.unit.helpers import (
    BUCKET,
    STATE_TABLE,
    replace_client,
    set_active_region,
    set_environment,
)
from tests.unit.trigger.helpers import HERE, THERE, Trigger
from trigger import app

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_dynamodb import DynamoDBClient


class ExecutionAlreadyExists(Exception):
    """Has the name of botocore's error."""


@pytest.fixture
def start_execution(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    """StartExecution, which always succeeds."""
    client = replace_client(monkeypatch, app, "STEP_FUNCTIONS")
    client.exceptions.ExecutionAlreadyExists = ExecutionAlreadyExists
    method: MagicMock = client.start_execution
    return method


@pytest.fixture
def head(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The response of HeadObject for every object."""
    response = {"Metadata": {}, "LastModified": datetime.now(UTC)}
    replace_client(monkeypatch, app, "S3").head_object.return_value = response
    return response


@pytest.fixture
def metadata(head: dict[str, Any]) -> dict[str, str]:
    """The user metadata of every object."""
    user_metadata: dict[str, str] = head["Metadata"]
    return user_metadata


@pytest.fixture
def trigger(
    dynamodb: DynamoDBClient,  # noqa: ARG001 - creates the table
    start_execution: MagicMock,  # noqa: ARG001 - replaces the client
    head: dict[str, Any],  # noqa: ARG001 - replaces the client
    context: LambdaContext,
    monkeypatch: pytest.MonkeyPatch,
) -> Trigger:
    """The handler, in the active Region."""
    set_environment(
        monkeypatch,
        STATE_TABLE=STATE_TABLE,
        ORCHESTRATOR_ARN="arn:orchestrator",
        ACTIVE_RECORD="active.batch.internal",
        BUCKET=BUCKET,
        LATE_SECONDS="600",
        SWEEP_HOURS="168",
        PEER_REGION=THERE,
        AWS_REGION=HERE,
    )
    set_active_region(monkeypatch, HERE)
    return lambda event: app.handler(event, context)
