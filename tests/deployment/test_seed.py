"""deployment/seed_financial_data.py: all items arrive, also those that DynamoDB hands back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from moto import mock_aws

from deployment import seed_financial_data as seed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "financial-data-test"


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoDBClient]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        dynamodb = boto3.client("dynamodb", region_name="eu-west-1")
        dynamodb.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "uuid", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "uuid", "KeyType": "HASH"}],
        )
        yield dynamodb


def _load(client: DynamoDBClient, file: Path, units: int) -> list[str]:
    """Load 60 items of ``units``; returns the units that are in the table then."""
    lines = "".join(f"{n:09d},{units},2.50\n" for n in range(60))
    file.write_text(f"uuid,unitsSold,unitPrice\n{lines}")
    assert seed.main([str(file), "--table", TABLE, "--region", "eu-west-1"]) == 0
    items = client.scan(TableName=TABLE)["Items"]
    assert len(items) == 60
    return [item["unitsSold"]["N"] for item in items]


def test_a_file_is_loaded_once_and_what_was_changed_since_stays(
    client: DynamoDBClient, tmp_path: Path
) -> None:
    assert set(_load(client, tmp_path / "data.csv", units=1)) == {"1"}
    item = {"uuid": {"S": "000000007"}, "unitsSold": {"N": "2"}, "unitPrice": {"N": "2.50"}}
    client.put_item(TableName=TABLE, Item=item)
    assert sorted(_load(client, tmp_path / "data.csv", units=1)) == ["1"] * 59 + ["2"]


def test_another_file_is_loaded(client: DynamoDBClient, tmp_path: Path) -> None:
    _load(client, tmp_path / "data.csv", units=1)
    assert set(_load(client, tmp_path / "data.csv", units=3)) == {"3"}


def test_a_load_that_broke_off_is_begun_again(
    client: DynamoDBClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> int:
        raise seed.TableBusy

    with monkeypatch.context() as broken:
        broken.setattr(seed, "put", busy)
        with pytest.raises(seed.TableBusy):
            _load(client, tmp_path / "data.csv", units=1)
    assert set(_load(client, tmp_path / "data.csv", units=1)) == {"1"}


def test_what_is_handed_back_is_sent_again() -> None:
    class Busy:
        def __init__(self) -> None:
            self.sizes: list[int] = []

        def batch_write_item(self, RequestItems: dict[str, list[Any]]) -> dict[str, Any]:  # noqa: N803
            self.sizes.append(len(RequestItems[TABLE]))
            return {"UnprocessedItems": {TABLE: RequestItems[TABLE][2:]}}

    busy = Busy()
    batch = [{"PutRequest": {"Item": {"uuid": {"S": str(n)}}}} for n in range(5)]
    assert seed.put(cast("DynamoDBClient", busy), TABLE, cast("Any", batch)) == 5
    assert busy.sizes == [5, 3, 1]
