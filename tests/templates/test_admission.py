"""How many chunks a Region processes at once, and whose: the slots in the state table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from localcloud.testing import evaluate
from moto import mock_aws

from tests.state_table import create_state_table
from tests.templates.loading import scopes, state_machine, states

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

REGION = "us-east-1"
MAIN = states("main-orchestrator")
LEASE_SECONDS = 120


@pytest.fixture
def dynamodb() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("dynamodb", region_name=REGION)
        create_state_table(client, "state")
        yield client


def job(index: int = 0, **changes: Any) -> dict[str, Any]:
    return {"attempt_id": "r", "chunk": {"index": index}, "slot": 0, "looks": 0, **changes}


def possible_slots(index: int, width: int) -> set[int]:
    """Return the slots that a chunk is given in many tries."""
    output = MAIN["Choose a slot"]["Output"].replace("${ChunkSlots}", str(width))
    return {evaluate(output, {"input": job(index)})["slot"] for _ in range(50 * width)}


def send(dynamodb: DynamoDBClient, state: str, values: dict[str, Any]) -> None:
    """Send the request of the state."""
    text = json.dumps(MAIN[state]["Arguments"]).replace("${Region}", REGION)
    params = evaluate(json.loads(text), {"input": values})
    dynamodb.update_item(**params | {"TableName": "state"})


def is_taken(dynamodb: DynamoDBClient, values: dict[str, Any]) -> bool:
    try:
        send(dynamodb, "Take the slot", values)
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return True
    return False


def slot(dynamodb: DynamoDBClient) -> dict[str, Any]:
    (item,) = dynamodb.scan(TableName="state")["Items"]
    return {name: next(iter(value.values())) for name, value in item.items()}


def test_a_slot_has_one_chunk_at_a_time(dynamodb: DynamoDBClient) -> None:
    assert not is_taken(dynamodb, job(1))
    assert is_taken(dynamodb, job(2))
    assert not is_taken(dynamodb, job(2, slot=1))
    send(dynamodb, "Free the slot", job(1))
    assert not is_taken(dynamodb, job(2))


def test_a_slot_is_an_item_that_only_its_region_writes(dynamodb: DynamoDBClient) -> None:
    send(dynamodb, "Take the slot", job(7, slot=12))
    item = slot(dynamodb)
    assert (item["owner"], item["item"], item["holder"]) == ("us-east-1/slots", "slot-0012", "r/7")


def test_a_write_that_the_sdk_repeats_takes_the_slot_as_well(dynamodb: DynamoDBClient) -> None:
    assert not is_taken(dynamodb, job(1))
    assert not is_taken(dynamodb, job(1))


def test_only_its_holder_frees_a_slot(dynamodb: DynamoDBClient) -> None:
    assert not is_taken(dynamodb, job(1))
    with pytest.raises(ClientError, match="ConditionalCheckFailedException"):
        send(dynamodb, "Free the slot", job(2))
    assert is_taken(dynamodb, job(2))


def test_the_slot_of_an_execution_that_died_is_free_after_two_minutes(
    dynamodb: DynamoDBClient,
) -> None:
    send(dynamodb, "Take the slot", job(1))
    dynamodb.update_item(
        TableName="state",
        Key={"owner": {"S": "us-east-1/slots"}, "item": {"S": "slot-0000"}},
        UpdateExpression="SET #until = :past",
        ExpressionAttributeNames={"#until": "until"},
        ExpressionAttributeValues={":past": {"S": "2000-01-01T00:00:00.000Z"}},
    )
    assert not is_taken(dynamodb, job(2))
    assert slot(dynamodb)["holder"] == "r/2"


def test_nobody_takes_the_slot_of_a_chunk_that_is_processed() -> None:
    (lease,) = re.findall(r"\$millis\(\) \+ (\d+)", str(MAIN["Take the slot"]["Arguments"]))
    assert int(lease) == LEASE_SECONDS * 1000
    run = MAIN["Run the Chunk Processor"]
    again = sum(
        min(entry["IntervalSeconds"] * entry["BackoffRate"] ** n, entry["MaxDelaySeconds"])
        for entry in run["Retry"][1:]
        for n in range(entry["MaxAttempts"])
    )
    assert run["TimeoutSeconds"] + again < LEASE_SECONDS


@pytest.mark.parametrize("width", [2, 3, 8, 40])
def test_small_files_have_slots_that_no_large_file_takes(width: int) -> None:
    of_small, of_large = possible_slots(0, width), possible_slots(4, width)
    assert of_small == possible_slots(3, width) == set(range(width))
    assert of_large < of_small
    assert len(of_small - of_large) in range(1, 1 + width // 2)


def test_a_single_slot_is_everybodys() -> None:
    assert possible_slots(0, 1) == possible_slots(9, 1) == {0}


def test_a_chunk_holds_a_slot_only_while_it_is_processed() -> None:
    """Every way to the Chunk Processor takes a slot, and every way from it frees the slot."""
    chunks = MAIN["Call Step Functions for each chunk"]["ItemProcessor"]
    assert chunks["StartAt"] == "Choose a slot"
    name = "Run the Chunk Processor"
    leading_to = {
        state
        for scope in scopes("main-orchestrator")
        for state, definition in scope["States"].items()
        if name in str(_next(definition))
    }
    assert leading_to == {"Take the slot"}
    assert _next(MAIN[name]) == ["Free the slot"] * 2
    for state in ("Wait for a slot", "Wait for capacity", "Wait before the next try"):
        assert MAIN[state]["Next"] == "Choose a slot"


def test_a_slot_that_cannot_be_freed_does_not_fail_its_chunk() -> None:
    free = MAIN["Free the slot"]
    (catch,) = free["Catch"]
    assert catch == {
        "ErrorEquals": ["States.ALL"],
        "Output": "{% $states.input %}",
        "Next": free["Next"],
    }


def test_a_chunk_that_finds_no_slot_looks_at_another_one_soon_and_for_days() -> None:
    """An execution has 25,000 events; a look has eight."""
    (taken, _) = MAIN["Take the slot"]["Catch"]
    assert taken["ErrorEquals"] == ["DynamoDB.ConditionalCheckFailedException"]
    assert taken["Next"] == "Wait for a slot"
    seconds = MAIN["Wait for a slot"]["Seconds"]
    shortest = [evaluate(seconds, {"input": job(looks=looks)}) for looks in range(3000)]
    assert shortest[0] <= 2
    assert max(shortest[:200]) <= 20
    days = state_machine("main-orchestrator")["TimeoutSeconds"]
    assert sum(shortest) > days


def _next(state: dict[str, Any]) -> list[str]:
    return [rule["Next"] for rule in (state, *state.get("Catch", [])) if "Next" in rule]
