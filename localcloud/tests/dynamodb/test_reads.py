"""Claims about reads: those of whole items need no moto, and queries only a part of its work."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table

from localcloud.gateway import moto_bridge

from .conftest import World, item

EVERY_TYPE = {
    "text": {"S": "ü"},
    "number": {"N": "1.50"},
    "bytes": {"B": b"\x00\xff"},
    "flag": {"BOOL": False},
    "nothing": {"NULL": True},
    "list": {"L": [{"S": "a"}, {"M": {"deep": {"N": "1"}}}]},
    "map": {"M": {"of": {"L": [{"BOOL": True}]}}},
    "texts": {"SS": ["a", "b"]},
    "numbers": {"NS": ["1", "2"]},
}


def test_an_item_comes_back_as_it_was_put_whoever_answers(world: World) -> None:
    stored = item(id="a") | EVERY_TYPE
    world.east.put_item(TableName="tab", Item=stored)
    params = {"TableName": "tab", "Key": item(id="a")}
    assert world.east.get_item(**params)["Item"] == stored
    # with more than it takes itself: moto's answer
    assert world.east.get_item(**params, ReturnConsumedCapacity="NONE")["Item"] == stored


def test_a_missing_item_is_absent_from_the_answer(world: World) -> None:
    assert "Item" not in world.east.get_item(TableName="tab", Key=item(id="none"))


def test_the_table_may_be_named_by_its_arn(world: World) -> None:
    world.east.put_item(TableName="tab", Item=item(id="a"))
    arn = world.east.describe_table(TableName="tab")["Table"]["TableArn"]
    assert world.east.get_item(TableName=arn, Key=item(id="a"))["Item"] == item(id="a")


@pytest.mark.parametrize(
    "key",
    [{"id": {"S": "a"}}, item(id="a", more="x"), {"id": {"S": ""}, "n": {"N": "1"}}, {}],
    ids=["half a key", "more than the key", "an empty value", "no key"],
)
def test_a_key_that_is_not_the_tables_is_refused(world: World, key: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        world.east.get_item(TableName="tab", Key=key)


def test_a_missing_table_is_an_error(world: World) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        world.east.get_item(TableName="none", Key=item(id="a"))


def test_whole_items_are_read_without_moto(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.east.put_item(TableName="tab", Item=item(id="a"))
    monkeypatch.setattr(moto_bridge, "dispatch", None)
    keys = [item(id="a"), item(id="none")]
    assert world.east.get_item(TableName="tab", Key=keys[0])["Item"] == keys[0]
    answer = world.east.batch_get_item(RequestItems={"tab": {"Keys": keys}})
    assert answer["Responses"] == {"tab": [item(id="a")]}
    assert answer["UnprocessedKeys"] == {}


def test_a_batch_returns_items_as_they_were_put_whoever_answers(world: World) -> None:
    stored = [item(id=name) | EVERY_TYPE for name in "ab"]
    for each in stored:
        world.east.put_item(TableName="tab", Item=each)
    requests = {"tab": {"Keys": [item(id="a"), item(id="none"), item(id="b")]}}
    assert world.east.batch_get_item(RequestItems=requests)["Responses"] == {"tab": stored}
    # with more than the local cloud takes itself: moto's answer
    answer = world.east.batch_get_item(RequestItems=requests, ReturnConsumedCapacity="NONE")
    assert answer["Responses"] == {"tab": stored}


def test_a_batch_names_a_table_as_the_caller_did(world: World) -> None:
    world.east.put_item(TableName="tab", Item=item(id="a"))
    arn = world.east.describe_table(TableName="tab")["Table"]["TableArn"]
    answer = world.east.batch_get_item(RequestItems={arn: {"Keys": [item(id="a")]}})
    assert answer["Responses"] == {arn: [item(id="a")]}


def test_a_batch_of_more_than_16_mib_is_answered_in_part(world: World) -> None:
    keys = [item(id=str(number)) for number in range(45)]
    for key in keys:
        world.east.put_item(TableName="tab", Item=key | {"text": {"S": "x" * 390_000}})
    answer = world.east.batch_get_item(RequestItems={"tab": {"Keys": keys}})
    unprocessed = answer["UnprocessedKeys"]["tab"]["Keys"]
    assert [*map(_key, answer["Responses"]["tab"]), *unprocessed] == keys
    assert unprocessed


def _key(item: dict[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in ("id", "n")}


@pytest.mark.parametrize(
    "keys",
    [
        [{"id": {"S": "a"}}],
        [item(id="a"), item(id="a", more="x")],
        [item(id="a"), item(id="a")],
        [item(id=str(number)) for number in range(101)],
    ],
    ids=["half a key", "more than the key", "the same key twice", "101 keys"],
)
def test_a_batch_of_wrong_keys_is_refused(world: World, keys: list[dict[str, Any]]) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        world.east.batch_get_item(RequestItems={"tab": {"Keys": keys}})


def test_a_batch_that_names_a_missing_table_is_an_error(world: World) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        world.east.batch_get_item(RequestItems={"none": {"Keys": [item(id="a")]}})


def test_a_query_looks_at_the_items_of_its_partition_only(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, numbers in (("a", range(3)), ("b", range(5))):
        for number in numbers:
            world.east.put_item(TableName="tab", Item=item(id=name, n=number))
    sizes, all_items = [], Table.all_items

    def count(table: Table) -> list[Item]:
        items = all_items(table)
        sizes.append(len(items))
        return items

    monkeypatch.setattr(Table, "all_items", count)
    assert _query(world, "a") == [item(id="a", n=number) for number in range(3)]
    assert _query(world, "c") == []
    assert sizes == [3, 0]


def _query(world: World, name: str) -> Any:
    condition, values = "id = :id", {":id": {"S": name}}
    return world.east.query(
        TableName="tab", KeyConditionExpression=condition, ExpressionAttributeValues=values
    )["Items"]
