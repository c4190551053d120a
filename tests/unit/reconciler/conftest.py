"""The handler in the newly active Region, with a bucket, a table, executions and a topic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import dns.resolver
import pytest
from moto import mock_aws

from common.state_table import StateTable
from reconciler import app
from tests.unit.reconciler.reconciling import HERE, Pass
from tests.unit.support import BUCKET, STATE, given

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client


class ExecutionDoesNotExist(Exception):
    """As botocore makes it."""


@pytest.fixture(autouse=True)
def both() -> Iterator[None]:
    """S3 and DynamoDB in one pretended account."""
    with mock_aws():
        yield


@pytest.fixture
def state(both: None, dynamodb: DynamoDBClient) -> StateTable:  # noqa: ARG001
    return StateTable(dynamodb, STATE)


@pytest.fixture
def executions(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Name → status, of this Region's executions."""
    known: dict[str, str] = {}

    def describe(executionArn: str) -> Any:  # noqa: N803
        name = executionArn.rsplit(":", 1)[-1]
        if name not in known:
            raise ExecutionDoesNotExist
        return {"status": known[name]}

    client = MagicMock(describe_execution=describe)
    client.exceptions.ExecutionDoesNotExist = ExecutionDoesNotExist
    monkeypatch.setattr(app, "STEP_FUNCTIONS", client)
    return known


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    """What operators are told."""
    client = MagicMock()
    monkeypatch.setattr(app, "SNS", client)
    publish: MagicMock = client.publish
    return publish


@pytest.fixture
def reconcile(
    s3: S3Client,  # noqa: ARG001 - there is always a bucket
    state: StateTable,  # noqa: ARG001 - and a table
    executions: dict[str, str],  # noqa: ARG001
    told: MagicMock,  # noqa: ARG001
    context: LambdaContext,
    monkeypatch: pytest.MonkeyPatch,
) -> Pass:
    """The handler, in the newly active Region."""

    def run(kind: str = "first", active: str = HERE, **more: str) -> Any:
        answer = [MagicMock(strings=[active.encode()])]
        monkeypatch.setattr(dns.resolver, "resolve", lambda *_, **__: answer)
        given(
            monkeypatch,
            app.settings,
            STATE_TABLE=STATE,
            BUCKET=BUCKET,
            ORCHESTRATOR_ARN="arn:aws:states:us-west-2:1:stateMachine:Main",
            OPERATORS_TOPIC_ARN="arn:topic",
            ACTIVE_RECORD="active.batch.internal",
            AWS_REGION=HERE,
            GRACE_SECONDS=more.get("grace", "0"),
            **{name.upper(): value for name, value in more.items() if name != "grace"},
        )
        return app.handler({"pass": kind}, context)

    return run
