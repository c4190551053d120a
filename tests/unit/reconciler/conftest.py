"""The reconciler in the newly active Region, with a bucket, a table, executions and a topic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import pytest

from common.runs import Item
from common.state_table import StateTable
from reconciler import app
from tests.unit.helpers import (
    BUCKET,
    STATE_TABLE,
    replace_client,
    set_active_region,
    set_environment,
)
from tests.unit.inputs import HERE, THERE, Reconcile

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from mypy_boto3_s3 import S3Client


ORCHESTRATOR = "arn:aws:states:us-west-2:1:stateMachine:Main"


@pytest.fixture
def executions(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The executions of this Region: name → status. They are listed, two on a page."""
    statuses: dict[str, str] = {}

    def pages(*, stateMachineArn: str, statusFilter: str) -> Any:  # noqa: N803 - names of boto3's
        assert stateMachineArn == ORCHESTRATOR
        names = [name for name, status in statuses.items() if status == statusFilter]
        for start in range(0, len(names), 2):
            yield {"executions": [{"name": name} for name in names[start : start + 2]]}

    client = replace_client(monkeypatch, app, "STEP_FUNCTIONS")
    client.get_paginator("list_executions").paginate = pages
    return statuses


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch) -> MagicMock:
    """The call that sends a report to the operators."""
    method: MagicMock = replace_client(monkeypatch, app, "SNS").publish
    return method


@pytest.fixture
def reconcile(
    s3: S3Client,  # noqa: ARG001 - creates the bucket
    state: StateTable,  # noqa: ARG001 - creates the table
    executions: dict[str, str],  # noqa: ARG001 - replaces the client
    publish: MagicMock,  # noqa: ARG001 - replaces the client
    context: LambdaContext,
    monkeypatch: pytest.MonkeyPatch,
) -> Reconcile:
    """The handler for a pass, or for another event. Keyword arguments are settings."""

    def run(kind: str | Item = "first", active: str = HERE, **settings: str) -> Any:
        set_active_region(monkeypatch, active)
        environment = {
            "STATE_TABLE": STATE_TABLE,
            "BUCKET": BUCKET,
            "ORCHESTRATOR_ARN": ORCHESTRATOR,
            "OPERATORS_TOPIC_ARN": "arn:topic",
            "ACTIVE_RECORD": "active.batch.internal",
            "PEER_REGION": THERE,
            "AWS_REGION": HERE,
            "BUDGET_SECONDS": "230",
            "GRACE_SECONDS": "0",
            "FAILED_HOURS": "48",
            "SWEEP_HOURS": "168",
        }
        changes = {name.upper(): value for name, value in settings.items()}
        set_environment(monkeypatch, **environment | changes)
        return app.handler({"pass": kind} if isinstance(kind, str) else kind, context)

    return run
