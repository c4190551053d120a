"""What the state machine writes into the state table, evaluated and sent: its own items only.

A failure may come late, when the other Region has taken the run over and completed it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from localcloud.testing import evaluate
from moto import mock_aws

from common.attempts import AttemptId
from common.run_state import STARTED
from common.runs import InputVersion, attempt_item
from common.state_table import StateTable
from tests.state_table import create_state_table
from tests.templates.loading import MACHINES, states, walk

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

HERE, THERE = "us-east-1", "us-west-2"
VERSION = InputVersion("input/a.csv", "v1", 5)
WRITERS = ("Record the failure", "Note why the chunk failed")
SLOTS = ("Take the slot", "Free the slot")  # test_admission.py


@pytest.fixture
def dynamodb() -> Any:
    with mock_aws():
        client = boto3.client("dynamodb", region_name=HERE)
        create_state_table(client, "state")
        yield client


def write(dynamodb: DynamoDBClient, state: str, number: int = 1) -> None:
    """Send the request of the state, for an attempt of this Region."""
    request = states("main-orchestrator")[state]["Arguments"]
    variables = {"run_id": "r", "attempt": number, "error": "E", "reason": "because"}
    params = evaluate(request, {"input": variables}, **variables)
    params["Key"]["owner"]["S"] = params["Key"]["owner"]["S"].replace("${Region}", HERE)
    dynamodb.update_item(**params | {"TableName": "state"})


def table(dynamodb: DynamoDBClient, region: str = HERE) -> StateTable:
    return StateTable(dynamodb, "state", region, THERE)


def put(
    dynamodb: DynamoDBClient, status: str, region: str = HERE, number: int = 1, **more: Any
) -> None:
    item = attempt_item(AttemptId("r", number), region, VERSION, status)
    table(dynamodb, region).create(item | more)


def read(dynamodb: DynamoDBClient, region: str = HERE, number: int = 1) -> Any:
    return table(dynamodb, region).own(AttemptId("r", number))


@pytest.mark.parametrize("state", WRITERS)
@pytest.mark.parametrize("number", [1, 2, 12])
def test_defect_5_a_late_failure_changes_the_item_of_its_own_attempt_and_region_only(
    dynamodb: DynamoDBClient, state: str, number: int
) -> None:
    """The other Region's attempts of the same number and of a later one stay as they are."""
    put(dynamodb, STARTED, number=number)
    put(dynamodb, STARTED, number=99)
    others = [("STARTED", number), ("COMPLETED", number + 1)]
    for status, other in others:
        put(dynamodb, status, THERE, other)
    before = [read(dynamodb, THERE, other) for _, other in others] + [read(dynamodb, HERE, 99)]
    write(dynamodb, state, number)
    assert read(dynamodb, HERE, number)["error"] == "E"
    after = [read(dynamodb, THERE, other) for _, other in others] + [read(dynamodb, HERE, 99)]
    assert after == before


@pytest.mark.parametrize("state", WRITERS)
@pytest.mark.parametrize("status", ["COMPLETED", "SUPERSEDED", "GIVEN_UP"])
def test_a_failure_changes_no_attempt_that_is_closed(
    dynamodb: DynamoDBClient, state: str, status: str
) -> None:
    put(dynamodb, status)
    before = read(dynamodb)
    with pytest.raises(ClientError, match="ConditionalCheckFailedException"):
        write(dynamodb, state)
    assert read(dynamodb) == before


@pytest.mark.parametrize("state", WRITERS)
def test_a_failure_creates_no_item_of_an_attempt_that_has_none(
    dynamodb: DynamoDBClient, state: str
) -> None:
    put(dynamodb, STARTED, THERE)
    with pytest.raises(ClientError, match="ConditionalCheckFailedException"):
        write(dynamodb, state)
    assert read(dynamodb) is None


def test_defect_18_the_attempt_ends_failed_with_the_first_reason_that_was_written(
    dynamodb: DynamoDBClient,
) -> None:
    put(dynamodb, STARTED)
    write(dynamodb, "Record the failure")
    item = read(dynamodb)
    assert (item["status"], item["error"], item["reason"]) == ("FAILED", "E", "because")
    put(dynamodb, STARTED, number=2, error="ChunkCorrupt", reason="Chunk 7")
    write(dynamodb, "Record the failure", 2)
    assert read(dynamodb, number=2)["reason"] == "Chunk 7"


def test_the_first_chunk_that_fails_says_why(dynamodb: DynamoDBClient) -> None:
    put(dynamodb, STARTED, error="ChunkCorrupt", reason="Chunk 7")
    with pytest.raises(ClientError, match="ConditionalCheckFailedException"):
        write(dynamodb, "Note why the chunk failed")
    assert read(dynamodb)["reason"] == "Chunk 7"


def test_no_other_state_writes_into_the_state_table_but_those_of_slots() -> None:
    writers = {
        name
        for machine in MACHINES
        for name, state in states(machine).items()
        if "${StateTable}" in list(walk(state.get("Arguments", {})))
        and not state["Resource"].endswith(":query")
    }
    assert writers == {*WRITERS, *SLOTS}
    both = states("main-orchestrator") | states("chunk-processor")
    for name in (*WRITERS, *SLOTS):
        assert both[name]["Resource"].endswith("dynamodb:updateItem")
