"""deployment/deployer/financial_data.py: all items arrive, also those that DynamoDB hands back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest

from deployment.deployer import financial_data
from deployment.deployer.aws import Aws
from deployment.deployer.errors import DeployError
from deployment.deployer.financial_data import load_financial_data, write_batch

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE, REGION = "financial-data-test", "eu-west-1"


@pytest.fixture
def client(moto: None) -> DynamoDBClient:  # noqa: ARG001 - runs first
    dynamodb = boto3.client("dynamodb", region_name=REGION)
    dynamodb.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "uuid", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "uuid", "KeyType": "HASH"}],
    )
    return dynamodb


def load(client: DynamoDBClient, file: Path, units: int) -> list[str]:
    """Load 60 items of ``units``; returns the units that are in the table then."""
    lines = "".join(f"{n:09d},{units},2.50\n" for n in range(60))
    file.write_text(f"uuid,unitsSold,unitPrice\n{lines}")
    load_financial_data(Aws(), TABLE, REGION, file)
    items = client.scan(TableName=TABLE)["Items"]
    assert len(items) == 60
    return [item["unitsSold"]["N"] for item in items]


def test_a_file_is_loaded_once_and_later_changes_stay(
    client: DynamoDBClient, tmp_path: Path
) -> None:
    assert set(load(client, tmp_path / "data.csv", units=1)) == {"1"}
    item = {"uuid": {"S": "000000007"}, "unitsSold": {"N": "2"}, "unitPrice": {"N": "2.50"}}
    client.put_item(TableName=TABLE, Item=item)
    assert sorted(load(client, tmp_path / "data.csv", units=1)) == ["1"] * 59 + ["2"]


def test_another_file_is_loaded(client: DynamoDBClient, tmp_path: Path) -> None:
    load(client, tmp_path / "data.csv", units=1)
    assert set(load(client, tmp_path / "data.csv", units=3)) == {"3"}


def test_a_load_that_was_interrupted_starts_again(
    client: DynamoDBClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> int:
        raise DeployError

    with monkeypatch.context() as broken:
        broken.setattr(financial_data, "write_batch", busy)
        with pytest.raises(DeployError):
            load(client, tmp_path / "data.csv", units=1)
    assert set(load(client, tmp_path / "data.csv", units=1)) == {"1"}


def test_a_refused_item_is_a_failure_that_names_file_and_table(
    client: DynamoDBClient,  # noqa: ARG001 - has the table
    tmp_path: Path,
) -> None:
    file = tmp_path / "data.csv"
    file.write_text("unitsSold\n1\n")  # no uuid
    with pytest.raises(DeployError, match=rf"data\.csv were not stored in {TABLE} in {REGION}: "):
        load_financial_data(Aws(), TABLE, REGION, file)


class Busy:
    """Takes the first two items of each batch, or none."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.sizes: list[int] = []

    def batch_write_item(self, RequestItems: dict[str, list[Any]]) -> dict[str, Any]:  # noqa: N803
        self.sizes.append(len(RequestItems[TABLE]))
        return {"UnprocessedItems": {TABLE: RequestItems[TABLE][self.most :]}}


BATCH = cast("Any", [{"PutRequest": {"Item": {"uuid": {"S": str(n)}}}} for n in range(5)])


def test_items_that_are_handed_back_are_sent_again() -> None:
    busy = Busy(most=2)
    assert write_batch(cast("DynamoDBClient", busy), TABLE, BATCH) == 5
    assert busy.sizes == [5, 3, 1]


def test_a_table_that_stays_busy_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(financial_data, "PATIENCE_SECONDS", 0.2)
    with pytest.raises(DeployError, match=f"{TABLE} is too busy: it left 5 items"):
        write_batch(cast("DynamoDBClient", Busy(most=0)), TABLE, BATCH)
