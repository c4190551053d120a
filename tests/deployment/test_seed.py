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


def test_a_file_is_loaded_twice_without_a_trace(client: DynamoDBClient, tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_text("uuid,unitsSold,unitPrice\n" + "".join(f"{n:09d},1,2.50\n" for n in range(60)))
    for _ in range(2):
        assert seed.main([str(file), "--table", TABLE, "--region", "eu-west-1"]) == 0
    items = client.scan(TableName=TABLE)["Items"]
    assert len(items) == 60
    assert {
        "uuid": {"S": "000000007"},
        "unitsSold": {"N": "1"},
        "unitPrice": {"N": "2.50"},
    } in items


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
