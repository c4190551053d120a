"""Units that DynamoDB bills on demand."""

from __future__ import annotations

from typing import Any

import pytest

from localcloud.dynamodb.capacity import item_size
from localcloud.usage import units
from tests.dynamodb.conftest import EAST, WEST, World, create, item
from tests.usage_totals import total

LARGE = "x" * 2000  # an item of 2 KB or more: 2 units to write, 1 to read


def of_table(world: World, unit: str, region: str = EAST) -> float:
    return total(world.cloud.usage, unit, "tab", region)


@pytest.fixture
def local(plain: World) -> World:
    """The table in one Region only; an item without ``state`` is not in its index."""
    create(plain.east)
    return plain


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ({"id": {"S": "ab"}}, 4),
        ({"é": {"S": "é"}}, 4),
        ({"n": {"N": "1234"}}, 1 + 3),
        ({"n": {"N": "100"}}, 1 + 2),
        ({"b": {"BOOL": True}, "x": {"NULL": True}}, 4),
        ({"l": {"L": [{"S": "ab"}, {"N": "1"}]}}, 1 + 3 + (2 + 1) + (2 + 1)),
        ({"m": {"M": {"k": {"S": "v"}}}}, 1 + 3 + (1 + 1 + 1)),
        ({"s": {"SS": ["a", "bc"]}}, 1 + 3),
    ],
)
def test_the_size_of_an_item_is_that_of_names_and_values(
    attributes: dict[str, Any], size: int
) -> None:
    assert item_size(attributes) == size


def test_a_write_takes_a_unit_for_each_kilobyte_begun(local: World) -> None:
    local.east.put_item(TableName="tab", Item=item(id="a"))
    assert of_table(local, units.WRITE_UNITS) == 1
    local.east.put_item(TableName="tab", Item=item(id="b", text=LARGE))
    assert of_table(local, units.WRITE_UNITS) == 1 + 2


def test_a_write_is_as_large_as_the_item_before_or_after_it(local: World) -> None:
    local.east.put_item(TableName="tab", Item=item(id="a", text=LARGE))
    local.east.delete_item(TableName="tab", Key=item(id="a"))
    assert of_table(local, units.WRITE_UNITS) == 2 + 2


def test_a_write_in_a_transaction_takes_twice_as_many(local: World) -> None:
    put = {"Put": {"TableName": "tab", "Item": item(id="a")}}
    local.east.transact_write_items(TransactItems=[put])
    assert of_table(local, units.WRITE_UNITS) == 2


def test_a_write_that_its_condition_refuses_is_billed(local: World) -> None:
    with pytest.raises(local.east.exceptions.ConditionalCheckFailedException):
        local.east.put_item(
            TableName="tab", Item=item(id="a"), ConditionExpression="attribute_exists(id)"
        )
    assert of_table(local, units.WRITE_UNITS) == 1


def test_a_write_of_a_global_table_is_billed_in_both_regions(world: World) -> None:
    world.east.put_item(TableName="tab", Item=item(id="a"))
    for region in (EAST, WEST):
        assert of_table(world, units.REPLICATED_WRITE_UNITS, region) == 1
        assert of_table(world, units.WRITE_UNITS, region) == 0


def test_an_item_in_an_index_takes_units_of_the_index_in_both_regions(world: World) -> None:
    world.east.put_item(TableName="tab", Item=item(id="a", state="NEW"))
    for region in (EAST, WEST):
        assert of_table(world, units.WRITE_UNITS, region) == 1
    world.east.put_item(TableName="tab", Item=item(id="a", state="OLD"))  # removed, and put
    assert of_table(world, units.WRITE_UNITS) == 1 + 2


def test_a_consistent_read_takes_a_unit_and_any_other_half_a_unit(local: World) -> None:
    local.east.put_item(TableName="tab", Item=item(id="a", text="x" * 5000))
    local.east.get_item(TableName="tab", Key=item(id="a"), ConsistentRead=True)
    assert of_table(local, units.READ_UNITS) == 2
    local.east.get_item(TableName="tab", Key=item(id="a"))
    assert of_table(local, units.READ_UNITS) == 2 + 1
    local.east.get_item(TableName="tab", Key=item(id="missing"))
    assert of_table(local, units.READ_UNITS) == 2 + 1 + 0.5


def test_a_query_is_rounded_once_and_a_batch_for_each_key(local: World) -> None:
    for number in (1, 2, 3):
        local.east.put_item(TableName="tab", Item=item(id="a", n=number))
    condition = {
        "KeyConditionExpression": "id = :i",
        "ExpressionAttributeValues": {":i": {"S": "a"}},
    }
    local.east.query(TableName="tab", **condition)
    assert of_table(local, units.READ_UNITS) == 0.5
    keys = [item(id="a", n=number) for number in (1, 2, 9)]
    local.east.batch_get_item(RequestItems={"tab": {"Keys": keys}})
    assert of_table(local, units.READ_UNITS) == 0.5 + 3 * 0.5
