"""How many chunks a Region processes at once, and whose: the slots in the state table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from localcloud.testing import evaluate
from moto import mock_aws

from deployment.deployer.capacity.model import FIRST_CHUNKS, file_slots
from tests.state_table import create_state_table
from tests.templates.loading import resources, state_machine, states

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

REGION = "us-east-1"
MAIN, CHUNK = states("main-orchestrator"), states("chunk-processor")
SLOTS = 8
LEASE_SECONDS = 70
AGAIN = "Run the Chunk Processor again"


@pytest.fixture
def dynamodb() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("dynamodb", region_name=REGION)
        create_state_table(client, "state")
        yield client


def variables_of(index: int, width: int = SLOTS) -> dict[str, Any]:
    """Return the variables that the first state assigns to a chunk."""
    text = json.dumps(CHUNK["Begin the chunk"]["Assign"]).replace("${ChunkSlots}", str(width))
    job = {"attempt_id": "r", "file": "input/a.csv", "chunk": {"index": index}}
    variables: dict[str, Any] = evaluate(json.loads(text), {"input": job})
    return variables


def choose(index: int, width: int, taken: Iterable[int] = ()) -> int:
    """Return the slot that a chunk chooses while these are taken; -1 if it may have none."""
    expression = CHUNK["Look for a free slot"]["Assign"]["slot"]
    items = [{"item": {"S": f"slot-{number:04}"}} for number in taken]
    text = expression.replace("${ChunkSlots}", str(width))
    kept = variables_of(index, width)["kept"]
    return int(evaluate(text, {"result": {"Items": items}}, kept=kept))


def possible_slots(index: int, width: int) -> set[int]:
    """Return the slots that a chunk chooses in many tries."""
    return {choose(index, width) for _ in range(50 * width)}


def send(dynamodb: DynamoDBClient, state: str, index: int, slot: int) -> None:
    """Send the request of the state."""
    text = json.dumps(CHUNK[state]["Arguments"]).replace("${Region}", REGION)
    variables = variables_of(index) | {"slot": slot}
    params = evaluate(json.loads(text), {"input": {}}, **variables)
    dynamodb.update_item(**params | {"TableName": "state"})


def is_taken(dynamodb: DynamoDBClient, index: int, slot: int = 0) -> bool:
    try:
        send(dynamodb, "Take the slot", index, slot)
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return True
    return False


def slot(dynamodb: DynamoDBClient) -> dict[str, Any]:
    (item,) = dynamodb.scan(TableName="state")["Items"]
    return {name: next(iter(value.values())) for name, value in item.items()}


def test_a_slot_has_one_chunk_at_a_time(dynamodb: DynamoDBClient) -> None:
    assert not is_taken(dynamodb, 1)
    assert is_taken(dynamodb, 2)
    assert not is_taken(dynamodb, 2, slot=1)
    send(dynamodb, "Free the slot", 1, 0)
    assert not is_taken(dynamodb, 2)


def test_a_slot_is_an_item_that_only_its_region_writes(dynamodb: DynamoDBClient) -> None:
    send(dynamodb, "Take the slot", 7, 12)
    item = slot(dynamodb)
    assert (item["owner"], item["item"], item["holder"]) == ("us-east-1/slots", "slot-0012", "r/7")


def test_a_write_that_the_sdk_repeats_takes_the_slot_as_well(dynamodb: DynamoDBClient) -> None:
    assert not is_taken(dynamodb, 1)
    assert not is_taken(dynamodb, 1)


def test_only_its_holder_frees_a_slot(dynamodb: DynamoDBClient) -> None:
    assert not is_taken(dynamodb, 1)
    with pytest.raises(ClientError, match="ConditionalCheckFailedException"):
        send(dynamodb, "Free the slot", 2, 0)
    assert is_taken(dynamodb, 2)


def test_the_slot_of_an_execution_that_died_is_free_after_its_lease(
    dynamodb: DynamoDBClient,
) -> None:
    send(dynamodb, "Take the slot", 1, 0)
    dynamodb.update_item(
        TableName="state",
        Key={"owner": {"S": "us-east-1/slots"}, "item": {"S": "slot-0000"}},
        UpdateExpression="SET #until = :past",
        ExpressionAttributeNames={"#until": "until"},
        ExpressionAttributeValues={":past": {"S": "2000-01-01T00:00:00.000Z"}},
    )
    assert not is_taken(dynamodb, 2)
    assert slot(dynamodb)["holder"] == "r/2"


def test_nobody_takes_the_slot_of_a_chunk_that_is_processed() -> None:
    """The lease begins after the execution, and a function may outlive the execution."""
    (lease,) = re.findall(r"\$millis\(\) \+ (\d+)", str(CHUNK["Take the slot"]["Arguments"]))
    assert int(lease) == LEASE_SECONDS * 1000
    longest = max(
        resources("templates/batch.yaml", "AWS::Lambda::Function")[name]["Timeout"]
        for name in ("Reader", "Validator", "Enricher", "Writer")
    )
    assert state_machine("chunk-processor")["TimeoutSeconds"] + longest <= LEASE_SECONDS


@pytest.mark.parametrize("width", [2, 3, 8, 40])
def test_small_files_have_slots_that_no_large_file_takes(width: int) -> None:
    of_small, of_large = possible_slots(0, width), possible_slots(4, width)
    assert of_small == possible_slots(3, width) == set(range(width))
    assert of_large < of_small
    assert len(of_small - of_large) in range(1, 1 + width // 2)


@pytest.mark.parametrize("width", [*range(1, 12), 30, 34, 66, 1000])
def test_the_model_knows_how_many_slots_a_large_file_may_take(width: int) -> None:
    assert file_slots(width) == width - variables_of(FIRST_CHUNKS, width)["kept"]
    assert variables_of(FIRST_CHUNKS - 1, width)["kept"] == 0


@pytest.mark.parametrize("index", [0, 4])
@pytest.mark.parametrize("width", [1, 2, 8, 1000])
def test_the_only_free_slot_is_found(index: int, width: int) -> None:
    """A file that uses all its slots has one free whenever one of its chunks ends."""
    kept = variables_of(index, width)["kept"]
    for free in {kept, width - 1}:
        assert choose(index, width, set(range(width)) - {free}) == free
    assert choose(index, width, range(width)) == -1


def test_slots_that_only_small_files_may_have_are_free_for_no_other_chunk() -> None:
    kept = variables_of(4)["kept"]
    assert choose(4, SLOTS, range(kept, SLOTS)) == -1
    assert choose(3, SLOTS, range(kept, SLOTS)) in range(kept)


def test_the_slots_that_are_taken_are_read_from_the_table(dynamodb: DynamoDBClient) -> None:
    send(dynamodb, "Take the slot", 1, 2)
    send(dynamodb, "Take the slot", 5, 3)
    send(dynamodb, "Free the slot", 5, 3)
    text = json.dumps(CHUNK["Look for a free slot"]["Arguments"]).replace("${Region}", REGION)
    params = evaluate(json.loads(text), {"input": {}})
    found = dynamodb.query(**params | {"TableName": "state"})["Items"]
    assert found == [{"item": {"S": "slot-0002"}}]


def test_a_single_slot_is_everybodys() -> None:
    assert possible_slots(0, 1) == possible_slots(9, 1) == {0}


@pytest.mark.parametrize(("slot_number", "looks"), [(-1, 1), (3, 6)])
def test_a_chunk_without_a_slot_ends_at_once_and_has_done_nothing(
    slot_number: int, looks: int
) -> None:
    """None is free, or other chunks took five that were."""
    choice = CHUNK["Is a slot free?"]
    (free,) = choice["Choices"]
    assert evaluate(free["Condition"], {}, slot=slot_number, looks=looks) is False
    assert evaluate(free["Condition"], {}, slot=0, looks=5) is True
    assert free["Next"] == "Take the slot"
    end = CHUNK[choice["Default"]]
    assert (end["Type"], end["Error"]) == ("Fail", "NoSlot")


def test_a_slot_that_another_chunk_took_first_is_looked_for_again() -> None:
    catcher, _ = CHUNK["Take the slot"]["Catch"]
    assert catcher["ErrorEquals"] == ["DynamoDB.ConditionalCheckFailedException"]
    assert catcher["Next"] == "Look for a free slot"
    assert evaluate(CHUNK[catcher["Next"]]["Assign"]["looks"], {}, looks=1) == 2


def test_a_chunk_is_processed_only_in_a_slot_and_every_way_out_frees_it() -> None:
    """Outside the Maps only Fail and Succeed end the execution."""
    machine = state_machine("chunk-processor")
    outer = machine["States"]
    assert machine["StartAt"] == "Begin the chunk"
    assert outer["Take the slot"]["Next"] == "Read"
    assert {name for name, state in outer.items() if "Read" in _next(state)} == {"Take the slot"}
    for name in _reached("Read", outer, until="Free the slot"):
        state = outer[name]
        assert state["Type"] not in ("Succeed", "Fail"), name
        assert "End" not in state
        assert state["Catch"][-1]["ErrorEquals"] == ["States.ALL"]
        assert state["Catch"][-1]["Next"] == "Free the slot"


def test_a_slot_that_cannot_be_freed_does_not_fail_its_chunk() -> None:
    free = CHUNK["Free the slot"]
    (catch,) = free["Catch"]
    assert catch == {
        "ErrorEquals": ["States.ALL"],
        "Output": "{% $states.input %}",
        "Next": free["Next"],
    }
    assert free["Output"] == catch["Output"]


@pytest.mark.parametrize(
    ("error", "cause"),
    [({"Error": "E", "Cause": "because"}, "because"), ({"Error": "E"}, "")],
)
def test_a_chunk_that_failed_ends_with_the_error_of_its_step(
    error: dict[str, str], cause: str
) -> None:
    for name in ("Take the slot", "Read", "Process messages", "Write output file"):
        state = evaluate(CHUNK[name]["Catch"][-1]["Output"], {"errorOutput": error})
        choice = CHUNK["Did the chunk fail?"]
        (failed,) = choice["Choices"]
        assert evaluate(failed["Condition"], {"input": state}) is True
        end = CHUNK[failed["Next"]]
        assert evaluate(end["Error"], {"input": state}) == "E"
        assert evaluate(end["Cause"], {"input": state}) == cause
        assert evaluate(failed["Condition"], {"input": {"key": "k", "rows_out": 1}}) is False
        assert CHUNK[choice["Default"]]["Type"] == "Succeed"


def test_a_chunk_without_a_slot_looks_again_soon_and_for_days() -> None:
    """An execution has 25,000 events; a look has nine."""
    assert MAIN["Wait for a slot"]["Next"] == AGAIN
    seconds = MAIN["Wait for a slot"]["Seconds"]
    for index, longest in ((FIRST_CHUNKS - 1, 20), (FIRST_CHUNKS, 30)):
        chunk = {"index": index}
        waits = [
            evaluate(seconds, {"input": {"looks": looks, "chunk": chunk}})
            for looks in range(25_000 // 9 - 20)
        ]
        assert max(waits[:200]) <= longest
        assert sum(waits) > state_machine("main-orchestrator")["TimeoutSeconds"]
        assert (waits[0] <= 2) is (index < FIRST_CHUNKS)


def _next(state: dict[str, Any]) -> list[str]:
    rules = (state, *state.get("Choices", []), *state.get("Catch", []))
    return [rule["Next"] for rule in rules if "Next" in rule]


def _reached(start: str, scope: dict[str, Any], until: str) -> set[str]:
    """Return the states on all ways from `start` to `until`, without that."""
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in {*reached, until}:
            reached.add(name)
            waiting += _next(scope[name])
    return reached
