"""Claims about writes to a global table."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.dynamodb.models import dynamodb_backends

from localcloud.settings import ACCOUNT_ID

from .conftest import EAST, WEST, World, item, replicate


def test_a_put_arrives_in_the_other_region_both_ways(world: World) -> None:
    world.east.put_item(TableName="tab", Item=item(id="a", v="from east"))
    world.west.put_item(TableName="tab", Item=item(id="b", v="from west"))
    world.settle()
    assert world.get(world.west, id="a") == item(id="a", v="from east")
    assert world.get(world.east, id="b") == item(id="b", v="from west")


def test_a_write_arrives_after_the_lag(world: World) -> None:
    world.replicas.pause("tab")
    world.east.put_item(TableName="tab", Item=item(id="a"))
    assert world.get(world.west, id="a") is None
    assert world.replicas.pending("tab") == 1
    world.replicas.resume("tab")
    world.settle()
    assert world.get(world.west, id="a") == item(id="a")


def test_an_update_and_a_deletion_arrive(world: World) -> None:
    update(world.east, "a", "1")
    world.settle()
    assert world.get(world.west, id="a") == item(id="a", v="1")
    world.east.delete_item(TableName="tab", Key=item(id="a"))
    world.settle()
    assert world.get(world.west, id="a") is None


def test_batches_and_transactions_arrive(world: World) -> None:
    world.east.put_item(TableName="tab", Item=item(id="old"))
    world.east.batch_write_item(
        RequestItems={
            "tab": [
                {"PutRequest": {"Item": item(id="batch")}},
                {"DeleteRequest": {"Key": item(id="old")}},
            ]
        }
    )
    world.east.transact_write_items(
        TransactItems=[
            {"Put": {"TableName": "tab", "Item": item(id="put")}},
            {
                "Update": {
                    "TableName": "tab",
                    "Key": item(id="update"),
                    "UpdateExpression": "SET v = :v",
                    "ExpressionAttributeValues": {":v": {"S": "x"}},
                }
            },
        ]
    )
    world.settle()
    assert ids(world.west) == {"batch", "put", "update"}


def test_the_last_writer_wins_everywhere(world: World) -> None:
    world.replicas.pause()
    world.west.put_item(TableName="tab", Item=item(id="a", v="first, west"))
    world.east.put_item(TableName="tab", Item=item(id="a", v="last, east"))
    world.replicas.resume()
    world.settle()
    for client in (world.east, world.west):
        assert world.get(client, id="a") == item(id="a", v="last, east")


def test_a_late_deletion_does_not_undo_a_newer_write(world: World) -> None:
    world.east.put_item(TableName="tab", Item=item(id="a", v="1"))
    world.settle()
    world.replicas.pause(source=EAST)
    world.east.delete_item(TableName="tab", Key=item(id="a"))
    world.west.put_item(TableName="tab", Item=item(id="a", v="2"))
    world.settle()
    world.replicas.resume(source=EAST)
    world.settle()
    for client in (world.east, world.west):
        assert world.get(client, id="a") == item(id="a", v="2")


@pytest.mark.parametrize("operation", ["UpdateItem", "TransactWriteItems"])
def test_an_update_that_has_not_arrived_is_seen_in_its_own_region_only(
    world: World, operation: str
) -> None:
    """Replicas share what they have in common."""
    world.east.put_item(TableName="tab", Item=item(id="a") | {"map": {"M": {"v": {"S": "1"}}}})
    world.settle()
    world.replicas.pause()
    change: dict[str, Any] = {
        "TableName": "tab",
        "Key": item(id="a"),
        "UpdateExpression": "SET #map.v = :v",
        "ExpressionAttributeNames": {"#map": "map"},
    }
    for client, value in ((world.east, "2"), (world.east, "3"), (world.west, "4")):
        update = change | {"ExpressionAttributeValues": {":v": {"S": value}}}
        if operation == "UpdateItem":
            client.update_item(**update)
        else:
            client.transact_write_items(TransactItems=[{"Update": update}])

    def values() -> list[str]:
        stored = [world.get(client, id="a") or {} for client in (world.east, world.west)]
        return [item["map"]["M"]["v"]["S"] for item in stored]

    assert values() == ["3", "4"]
    world.replicas.resume()
    world.settle()
    assert values() == ["4", "4"]


def test_an_update_without_the_whole_key_is_refused(world: World) -> None:
    with pytest.raises(ClientError, match=": Validation Exception"):
        world.east.update_item(TableName="tab", Key={"id": {"S": "a"}}, UpdateExpression="REMOVE v")


def test_nothing_is_remembered_of_writes_that_have_arrived(world: World) -> None:
    replicate(world.east, "eu-west-1")
    world.replicas.pause(target=WEST)
    world.east.put_item(TableName="tab", Item=item(id="a"))
    world.replicas.settled()
    assert len(world.replicas._stamps) == len(world.replicas._writes) == 1
    world.replicas.resume(target=WEST)
    world.settle()
    assert not world.replicas._stamps
    assert not world.replicas._writes


def test_a_condition_sees_the_local_copy_only(world: World) -> None:
    world.replicas.pause()
    for client in (world.east, world.west):  # so it is no lock between Regions
        client.put_item(
            TableName="tab", Item=item(id="a"), ConditionExpression="attribute_not_exists(id)"
        )
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        world.east.put_item(
            TableName="tab", Item=item(id="a"), ConditionExpression="attribute_not_exists(id)"
        )


def test_a_refused_write_is_not_replicated(world: World) -> None:
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        world.east.put_item(
            TableName="tab", Item=item(id="a"), ConditionExpression="attribute_exists(id)"
        )
    assert world.replicas.pending() == 0


def test_an_arrival_is_in_the_index_of_its_region(world: World) -> None:
    world.east.put_item(TableName="tab", Item=item(id="a", state="NEW"))
    world.settle()
    result = world.west.query(
        TableName="tab",
        IndexName="by-state",
        KeyConditionExpression="#s = :s",
        ExpressionAttributeNames={"#s": "state"},
        ExpressionAttributeValues={":s": {"S": "NEW"}},
    )
    assert result["Count"] == 1


def test_concurrent_writers_in_both_regions_converge(world: World) -> None:
    def write(client: Any, who: str) -> None:
        for number in range(25):
            update(client, "shared", f"{who}{number}")

    writers = [
        threading.Thread(target=write, args=about)
        for about in ((world.east, "e"), (world.west, "w"), (world.east, "f"))
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    world.settle()
    here = world.get(world.east, id="shared")
    assert here is not None
    assert here == world.get(world.west, id="shared")


def test_partiql_writes_are_refused_by_name(world: World) -> None:
    with pytest.raises(ClientError, match="the operation dynamodb:ExecuteStatement"):
        world.east.execute_statement(Statement="INSERT INTO \"tab\" VALUE {'id': 'a', 'n': 1}")


def test_a_batch_has_at_most_25_writes(world: World) -> None:
    puts = [{"PutRequest": {"Item": item(id=str(number))}} for number in range(26)]
    with pytest.raises(ClientError, match="less than or equal to 25"):
        world.east.batch_write_item(RequestItems={"tab": puts})


def test_a_transaction_has_at_most_100_and_an_item_400_kilobytes(world: World) -> None:
    gets = [{"Get": {"TableName": "tab", "Key": item(id=str(n))}} for n in range(100)]
    assert world.east.transact_get_items(TransactItems=gets)["Responses"]
    with pytest.raises(ClientError, match="less than or equal to 100"):
        world.east.transact_get_items(TransactItems=[*gets, gets[0]])
    with pytest.raises(ClientError, match="Item size has exceeded"):
        world.east.put_item(TableName="tab", Item=item(id="a", v="x" * 410_000))


def update(client: Any, name: str, value: str) -> None:
    client.update_item(
        TableName="tab",
        Key=item(id=name),
        UpdateExpression="SET v = :v",
        ExpressionAttributeValues={":v": {"S": value}},
    )


def ids(client: Any) -> set[str]:
    return {entry["id"]["S"] for entry in client.scan(TableName="tab")["Items"]}


def test_a_stream_which_nobody_can_read_keeps_no_images(world: World) -> None:
    world.east.put_item(TableName="tab", Item=item(id="a", state="new"))
    world.settle()
    world.west.delete_item(TableName="tab", Key=item(id="a"))
    tables = [dynamodb_backends[ACCOUNT_ID][region].tables["tab"] for region in (EAST, WEST)]
    shards = [table.stream_shard for table in tables]
    assert [len(shard.items) for shard in shards if shard] == [0, 0]
    with pytest.raises(ClientError, match="does not emulate the service dynamodbstreams"):
        world.cloud.clients.client("dynamodbstreams", EAST).list_streams()
