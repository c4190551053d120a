"""Which rows the state `Record the failure` may overwrite: its request is evaluated and sent.

The emailer was asked before, so another Region may have written the row by then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from localcloud.testing import evaluate
from moto import mock_aws

from tests.templates.loading import states

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "${StateTable}"
HERE, THERE = "us-east-1", "us-west-2"


def record(dynamodb: DynamoDBClient, attempt: int = 1) -> dict[str, Any]:
    """Send the request of the state; return the row."""
    request = states("main-orchestrator")["Record the failure"]["Arguments"]
    context = {"Execution": {"Id": f"arn:aws:states:{HERE}:123456789012:execution:M:r"}}
    variables = {"run_id": "r", "attempt": attempt, "error": "E", "reason": "because"}
    params = evaluate(request, {"context": context}, **variables)
    response = dynamodb.update_item(**params | {"TableName": "state"})
    return {name: next(iter(value.values())) for name, value in response["Attributes"].items()}


@pytest.fixture
def dynamodb() -> Any:
    with mock_aws():
        client = boto3.client("dynamodb", region_name=HERE)
        client.create_table(
            TableName="state",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "run_id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "run_id", "KeyType": "HASH"}],
        )
        yield client


def put_row(
    dynamodb: DynamoDBClient, status: str, region: str, attempt: int, **attributes: str
) -> None:
    texts = {"run_id": "r", "status": status, "region": region, **attributes}
    item: Any = {name: {"S": text} for name, text in texts.items()}
    dynamodb.put_item(TableName="state", Item=item | {"attempt": {"N": str(attempt)}})


@pytest.mark.parametrize(
    ("status", "region", "attempt"),
    [
        ("COMPLETED", THERE, 2),
        ("COMPLETED", HERE, 1),
        ("SUPERSEDED", HERE, 1),
        ("STARTED", THERE, 2),
        ("FAILED", THERE, 2),
        ("STARTED", HERE, 2),
        ("STARTED", THERE, 1),
    ],
)
def test_defect_5_a_late_failure_overwrites_no_row_that_is_closed_or_has_another_owner(
    dynamodb: DynamoDBClient, status: str, region: str, attempt: int
) -> None:
    put_row(dynamodb, status, region, attempt)
    before = dynamodb.get_item(TableName="state", Key={"run_id": {"S": "r"}})["Item"]
    with pytest.raises(ClientError, match="ConditionalCheckFailedException"):
        record(dynamodb)
    assert dynamodb.get_item(TableName="state", Key={"run_id": {"S": "r"}})["Item"] == before


def test_a_failure_creates_no_row_of_a_run_that_has_none(
    dynamodb: DynamoDBClient,
) -> None:
    with pytest.raises(ClientError, match="ConditionalCheckFailedException"):
        record(dynamodb)


def test_defect_18_the_owners_row_ends_failed_with_the_first_reason_that_was_written(
    dynamodb: DynamoDBClient,
) -> None:
    put_row(dynamodb, "STARTED", HERE, 1)
    row = record(dynamodb)
    assert (row["status"], row["error"], row["reason"]) == ("FAILED", "E", "because")
    put_row(dynamodb, "STARTED", HERE, 1, error="ChunkCorrupt", reason="Chunk 7")
    assert record(dynamodb)["reason"] == "Chunk 7"
