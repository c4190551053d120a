"""Claims about GetItem, which moto does not answer if the call is for the whole item."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

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
