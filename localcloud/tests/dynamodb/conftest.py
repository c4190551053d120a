"""A cloud with one global table ``tab`` (key ``id``, ``n``; index on ``state``) in two Regions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from localcloud import dynamodb
from localcloud.cloud import Cloud, new_cloud
from localcloud.dynamodb.replicas import Replicas
from localcloud.settings import Settings
from tests.manual_clock import ManualClock

EAST, WEST = "us-east-1", "us-west-2"
STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}


@dataclass
class World:
    cloud: Cloud
    east: Any
    west: Any

    @property
    def replicas(self) -> Replicas:
        return self.cloud.get(Replicas)

    def settle(self) -> None:
        assert self.replicas.settled()

    def get(self, client: Any, **key: Any) -> dict[str, Any] | None:
        stored: dict[str, Any] | None = client.get_item(TableName="tab", Key=item(**key)).get(
            "Item"
        )
        return stored


def item(**attributes: Any) -> dict[str, Any]:
    """Return strings and numbers as DynamoDB's JSON; ``n`` is 1 by default."""
    return {
        name: {"S": value} if isinstance(value, str) else {"N": str(value)}
        for name, value in ({"n": 1} | attributes).items()
    }


def create(client: Any, name: str = "tab", **params: Any) -> None:
    client.create_table(
        **{
            "TableName": name,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [
                {"AttributeName": "id", "AttributeType": "S"},
                {"AttributeName": "n", "AttributeType": "N"},
                {"AttributeName": "state", "AttributeType": "S"},
            ],
            "KeySchema": [
                {"AttributeName": "id", "KeyType": "HASH"},
                {"AttributeName": "n", "KeyType": "RANGE"},
            ],
            "GlobalSecondaryIndexes": [
                {
                    "IndexName": "by-state",
                    "KeySchema": [{"AttributeName": "state", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            "StreamSpecification": STREAM,
        }
        | params
    )


def replicate(client: Any, region: str, name: str = "tab") -> dict[str, Any]:
    answer: dict[str, Any] = client.update_table(
        TableName=name, ReplicaUpdates=[{"Create": {"RegionName": region}}]
    )
    description: dict[str, Any] = answer["TableDescription"]
    return description


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[World]:
    """A cloud without any table."""
    cloud = new_cloud(Settings(tmp_path), ManualClock())
    dynamodb.install(cloud)
    east, west = (cloud.clients.client("dynamodb", region) for region in (EAST, WEST))
    yield World(cloud, east, west)
    cloud.close()


@pytest.fixture
def world(plain: World) -> World:
    create(plain.east)
    replicate(plain.east, WEST)
    return plain
