"""Claims about global tables themselves."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from .conftest import EAST, STREAM, WEST, World, create, item, replicate


def test_each_region_shows_the_replica_in_the_other(world: World) -> None:
    for client, other in ((world.east, WEST), (world.west, EAST)):
        table = client.describe_table(TableName="tab")["Table"]
        assert table["Replicas"] == [{"RegionName": other, "ReplicaStatus": "ACTIVE"}]
        assert table["GlobalTableVersion"] == "2019.11.21"


def test_the_replica_has_the_same_shape(world: World) -> None:
    here, there = (
        client.describe_table(TableName="tab")["Table"] for client in (world.east, world.west)
    )
    for name in ("KeySchema", "AttributeDefinitions", "StreamSpecification", "BillingModeSummary"):
        assert there[name] == here[name], name
    assert there["GlobalSecondaryIndexes"][0]["IndexName"] == "by-state"
    assert f":{WEST}:" in there["TableArn"]


def test_a_new_replica_has_the_items_of_the_table(plain: World) -> None:
    create(plain.east)
    plain.east.put_item(TableName="tab", Item=item(id="a", v="old"))
    replicate(plain.east, WEST)
    assert plain.get(plain.west, id="a") == item(id="a", v="old")


def test_three_regions_work_too(world: World) -> None:
    replicate(world.west, "eu-west-1")
    world.east.put_item(TableName="tab", Item=item(id="a"))
    world.settle()
    europe = world.cloud.clients.client("dynamodb", "eu-west-1")
    assert world.get(europe, id="a") == item(id="a")
    replicas = world.east.describe_table(TableName="tab")["Table"]["Replicas"]
    assert [replica["RegionName"] for replica in replicas] == [WEST, "eu-west-1"]


@pytest.mark.parametrize(
    "stream", [{"StreamEnabled": False}, STREAM | {"StreamViewType": "KEYS_ONLY"}]
)
def test_a_stream_of_both_images_is_needed(plain: World, stream: dict[str, object]) -> None:
    create(plain.east, StreamSpecification=stream)
    with pytest.raises(ClientError, match="NEW_AND_OLD_IMAGES"):
        replicate(plain.east, WEST)


def test_a_replica_is_refused_where_a_table_of_its_name_exists(plain: World) -> None:
    create(plain.east)
    create(plain.west)
    with pytest.raises(ClientError, match="already existed as tables"):
        replicate(plain.east, WEST)


def test_a_removed_replica_is_deleted_and_the_last_one_is_a_plain_table(world: World) -> None:
    world.east.update_table(TableName="tab", ReplicaUpdates=[{"Delete": {"RegionName": WEST}}])
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        world.west.describe_table(TableName="tab")
    assert "Replicas" not in world.east.describe_table(TableName="tab")["Table"]
    world.east.put_item(TableName="tab", Item=item(id="a"))
    assert world.replicas.pending() == 0


def test_deleting_the_table_in_one_region_leaves_the_other(world: World) -> None:
    world.east.delete_table(TableName="tab")
    assert "Replicas" not in world.west.describe_table(TableName="tab")["Table"]
    create(world.east)  # the name is free again


def test_a_new_index_is_made_in_every_region(world: World) -> None:
    index = {
        "IndexName": "second",
        "KeySchema": [{"AttributeName": "state", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }
    world.west.update_table(TableName="tab", GlobalSecondaryIndexUpdates=[{"Create": index}])
    indexes = world.east.describe_table(TableName="tab")["Table"]["GlobalSecondaryIndexes"]
    assert {index["IndexName"] for index in indexes} == {"by-state", "second"}


def test_time_to_live_is_set_in_every_region(world: World) -> None:
    world.east.update_time_to_live(
        TableName="tab", TimeToLiveSpecification={"Enabled": True, "AttributeName": "ends"}
    )
    there = world.west.describe_time_to_live(TableName="tab")["TimeToLiveDescription"]
    assert there == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ends"}


def test_strong_consistency_across_regions_is_refused_by_name(plain: World) -> None:
    create(plain.east)
    with pytest.raises(ClientError, match="MRSC"):
        plain.east.update_table(
            TableName="tab",
            ReplicaUpdates=[{"Create": {"RegionName": WEST}}],
            MultiRegionConsistency="STRONG",
        )


def test_the_old_version_of_global_tables_is_refused_by_name(plain: World) -> None:
    with pytest.raises(ClientError, match="the operation dynamodb:CreateGlobalTable"):
        plain.east.create_global_table(
            GlobalTableName="table", ReplicationGroup=[{"RegionName": WEST}]
        )
