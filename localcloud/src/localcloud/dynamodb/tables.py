"""Direct use of moto's tables where the API has no operation for it. Call it under moto's lock."""

import copy
from collections import defaultdict
from typing import Any

from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import StreamShard, Table

from localcloud.settings import ACCOUNT_ID

Attributes = dict[str, Any]
Key = tuple[DynamoType, DynamoType | None]


def backend_of(region: str) -> DynamoDBBackend:
    return dynamodb_backends[ACCOUNT_ID][region]


def find_table(region: str, name: str) -> Table | None:
    return backend_of(region).tables.get(name)


def copy_empty(source: Table, region: str) -> Table:
    """Create a table in ``region`` with the same keys, indexes, billing, stream, TTL."""
    shape = copy.deepcopy(source.describe()["TableDescription"])
    replica = backend_of(region).create_table(
        source.name,
        schema=shape["KeySchema"],
        throughput=shape["ProvisionedThroughput"],
        attr=shape["AttributeDefinitions"],
        global_indexes=shape["GlobalSecondaryIndexes"],
        indexes=shape["LocalSecondaryIndexes"],
        streams=shape.get("StreamSpecification"),
        billing_mode=source.billing_mode or "PROVISIONED",
        sse_specification={"Enabled": True} if "SSEDescription" in shape else None,
        tags=[],
        deletion_protection_enabled=False,
        warm_throughput=shape["WarmThroughput"],
    )
    replica.ttl = copy.deepcopy(source.ttl)
    return replica


def key_of(table: Table, attributes: Attributes) -> Key:
    range_name = table.range_key_attr
    return (
        DynamoType(attributes[table.hash_key_attr]),
        DynamoType(attributes[range_name]) if range_name else None,
    )


def read(table: Table, key: Key) -> Attributes | None:
    """Return the item's attributes in DynamoDB's JSON; None if there is no such item."""
    item = table.get_item(*key)
    return dict(item.to_json()["Attributes"]) if item else None


def store(table: Table, key: Key, item: Item | None) -> None:
    """Store the item itself, or delete what is there."""
    hash_key, range_key = key
    if item is None:
        table.delete_item(hash_key, range_key)
    elif range_key:
        table.items[hash_key][range_key] = item
    else:
        table.items[hash_key] = item  # type: ignore[assignment]  # as in moto


def unshare(table: Table, key: Key) -> None:
    """Before moto changes an item in place: replicas share items, until one of them is changed."""
    if item := table.get_item(*key):
        store(table, key, copy.deepcopy(item))


def items_of(table: Table) -> list[tuple[Key, Item]]:
    return [((item.hash_key, item.range_key), item) for item in table.all_items()]


def leave_streams_empty() -> None:
    """Keep moto from keeping both images of every write: nobody can read a stream here."""
    StreamShard.add = lambda *_: None  # type: ignore[method-assign]  # a patch of moto


_query = Table.query
_INDEX_NAME = 6  # where moto's backend passes it, after the hash key


def query_one_partition() -> None:
    """Let a query look at the items of its partition: moto sorts all those of the table first."""

    def query(table: Table, hash_key: DynamoType | None, *arguments: Any, **conditions: Any) -> Any:
        if hash_key is not None and arguments[_INDEX_NAME] is None:
            table = copy.copy(table)
            table.items = defaultdict(dict, {hash_key: table.items.get(hash_key, {})})
        return _query(table, hash_key, *arguments, **conditions)

    Table.query = query  # type: ignore[method-assign, assignment]  # a patch of moto
