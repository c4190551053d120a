"""Reads the Batch State table: the items of both Regions, and what this Region has noted.

What the items of a run say together is told by common.run_state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from common.attempts import AttemptId
from common.runs import ARRIVAL, Item, owner_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize

INDEX = "by-status"
PAGE = 500  # items between two checks of the time that is left
BATCH = 100  # keys that BatchGetItem takes
NOTES = "notes"  # in place of a run's id in the key of a note


class Page(NamedTuple):
    """Items of the index, and the key after which the next page begins; None if there is none."""

    items: list[Item]
    next_key: dict[str, Any] | None


@dataclass(frozen=True)
class StateReader:
    """The items as plain Python values. `region` is the own one. Errors are botocore's."""

    dynamodb: DynamoDBClient
    table: str
    region: str
    peer_region: str

    def attempts(self, run_id: str) -> list[Item]:
        """Return the items of all attempts at the run, of both Regions, read consistently."""
        return self._items(run_id, "attempt-")

    def arrivals(self, run_id: str) -> list[Item]:
        """Return the arrivals of the run's input, of both Regions."""
        return self._items(run_id, ARRIVAL)

    def own(self, attempt: AttemptId) -> Item | None:
        """Return this Region's item of the attempt, read consistently, or None."""
        response = self.dynamodb.get_item(
            TableName=self.table, Key=self._key(attempt.run_id, attempt.item), ConsistentRead=True
        )
        item = response.get("Item")
        return _plain(item) if item else None

    def own_existing(self, attempt: AttemptId) -> Item:
        """Return this Region's item of the attempt. Raises LookupError if there is none."""
        item = self.own(attempt)
        if item is None:
            raise LookupError(f"no item of {attempt.name} in the state table for {self.region}")
        return item

    def existing(self, attempts: Iterable[tuple[str, AttemptId]]) -> list[Item]:
        """Return the items of those attempts, each by Region and id, that exist.

        A call reads a hundred. It may be a moment late, and leaves out what DynamoDB did not come
        to: that an item is missing here proves nothing.
        """
        items: list[Item] = []
        unique = list(dict.fromkeys(attempts))  # DynamoDB refuses a key that is named twice
        for start in range(0, len(unique), BATCH):
            batch = unique[start : start + BATCH]
            keys = [_key(region, attempt.run_id, attempt.item) for region, attempt in batch]
            response = self.dynamodb.batch_get_item(RequestItems={self.table: {"Keys": keys}})
            items += map(_plain, response["Responses"][self.table])
        return items

    def begun_elsewhere(self, arrivals: Iterable[Item]) -> set[str]:
        """Return the runs whose first attempt is of the Region where the input did not arrive.

        A first attempt is never deleted. A run that is not returned may have begun all the same.
        """
        first = [(self._other(item["region"]), AttemptId(item["run_id"], 1)) for item in arrivals]
        return {item["run_id"] for item in self.existing(first)}

    def pages_with_status(
        self,
        status: str,
        since: str = "",
        until: str = "",
        start_key: dict[str, Any] | None = None,
    ) -> Iterator[Page]:
        """Yield pages of both Regions' items of a status that started between these times.

        The index, which is read, follows the table after a moment; it has the oldest first. A page
        can begin after `start_key`, which is the `next_key` of one with the same times.
        """
        # a key may not be compared with an empty text; every time sorts between these
        values = {":status": status, ":since": since or " ", ":until": until or "~"}
        query: Any = {
            "TableName": self.table,
            "IndexName": INDEX,
            "KeyConditionExpression": "#status = :status AND started_at BETWEEN :since AND :until",
            "ExpressionAttributeNames": {"#status": "status"},
            "ExpressionAttributeValues": {name: {"S": text} for name, text in values.items()},
            "Limit": PAGE,
        }
        while True:
            start: Any = {"ExclusiveStartKey": start_key} if start_key else {}
            response = self.dynamodb.query(**query, **start)
            start_key = response.get("LastEvaluatedKey")
            yield Page([_plain(item) for item in response["Items"]], start_key)
            if not start_key:
                return

    def note(self, name: str) -> Item | None:
        """Return a note of this Region, read consistently, or None."""
        response = self.dynamodb.get_item(
            TableName=self.table, Key=self._key(NOTES, name), ConsistentRead=True
        )
        item = response.get("Item")
        return _plain(item) if item else None

    def _items(self, run_id: str, prefix: str) -> list[Item]:
        """Return both Regions' items of the run whose sort key begins with `prefix`."""
        regions = (self.region, self.peer_region)
        return [item for region in regions for item in self._of(region, run_id, prefix)]

    def _of(self, region: str, run_id: str, prefix: str) -> Iterator[Item]:
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression="#owner = :owner AND begins_with(#item, :prefix)",
            ExpressionAttributeNames={"#owner": "owner", "#item": "item"},
            ExpressionAttributeValues={
                ":owner": {"S": owner_of(region, run_id)},
                ":prefix": {"S": prefix},
            },
            ConsistentRead=True,
        )
        for page in pages:
            yield from map(_plain, page["Items"])

    def _other(self, region: str) -> str:
        return self.peer_region if region == self.region else self.region

    def _key(self, run_id: str, item: str) -> dict[str, Any]:
        """The key of an item of this Region."""
        return _key(self.region, run_id, item)


def _key(region: str, run_id: str, item: str) -> dict[str, Any]:
    return {"owner": serialize(owner_of(region, run_id)), "item": serialize(item)}


def _plain(item: Mapping[str, Any]) -> Item:
    return {name: _deserialize(value) for name, value in item.items()}
