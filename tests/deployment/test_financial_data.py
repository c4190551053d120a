"""deployment/deployer/financial_data.py: all items arrive, also those that DynamoDB hands back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest

from deployment.deployer import financial_data, financial_file
from deployment.deployer.aws import Aws
from deployment.deployer.errors import DeployError
from deployment.deployer.financial_data import load_financial_data, write_batch
from deployment.deployer.financial_file import COLUMNS, FinancialRow

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE, REGION = "financial-data-test", "eu-west-1"
HEADER = ",".join(COLUMNS)


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
    lines = "".join(f"{n:09d},{units},2.50,1,25,10,.005\n" for n in range(60))
    file.write_text(f"{HEADER}\n{lines}")
    load_financial_data(Aws(), TABLE, REGION, file)
    items = client.scan(TableName=TABLE)["Items"]
    assert len(items) == 60
    return [item["unitsSold"]["N"] for item in items]


def test_a_file_is_loaded_once_and_later_changes_stay(
    client: DynamoDBClient, tmp_path: Path
) -> None:
    assert set(load(client, tmp_path / "data.csv", units=1)) == {"1"}
    client.put_item(TableName=TABLE, Item={"uuid": {"S": "000000007"}, "unitsSold": {"N": "2"}})
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


def test_the_columns_may_be_in_any_order_and_numbers_are_stored_as_plain_digits(
    client: DynamoDBClient, tmp_path: Path
) -> None:
    file = tmp_path / "data.csv"
    file.write_bytes(b"\xef\xbb\xbfUnit Price,Units Sold,UUID,unitCost,totalRevenue,totalCost,")
    with file.open("a") as stream:
        stream.write("totalProfit\n.005,+3,700000001,0.004,0.015,0.012,-0.003\n,,,,,,\n")
    load_financial_data(Aws(), TABLE, REGION, file)
    (item,) = client.scan(TableName=TABLE)["Items"]
    values = ["700000001", "3", "0.005", "0.004", "0.015", "0.012", "-0.003"]
    assert [next(iter(item[column].values())) for column in COLUMNS] == values


def test_nothing_is_stored_of_a_file_with_problems_and_the_first_is_told(
    client: DynamoDBClient, tmp_path: Path
) -> None:
    file = tmp_path / "data.csv"
    good = "700000001,10,2.50,1.00,25.00,10.00,15.00"
    file.write_text(f"{HEADER}\n{good}\n{good}\n700000002,1.5,,1,1,1,1\n")
    with pytest.raises(DeployError, match="3 problems, which make check lists: line 3: uuid 7"):
        load_financial_data(Aws(), TABLE, REGION, file)
    assert client.scan(TableName=TABLE)["Count"] == 0


@pytest.mark.usefixtures("client")
def test_an_error_of_aws_is_a_failure_that_names_file_and_table(tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_text(f"{HEADER}\n700000001,10,2.50,1.00,25.00,10.00,15.00\n")
    with pytest.raises(DeployError, match=rf"data\.csv were not stored in none in {REGION}: "):
        load_financial_data(Aws(), "none", REGION, file)


def test_a_file_that_is_gone_is_a_failure_and_no_traceback(
    client: DynamoDBClient,  # noqa: ARG001 - has the table
    tmp_path: Path,
) -> None:
    with pytest.raises(DeployError, match="No such file or directory"):
        load_financial_data(Aws(), TABLE, REGION, tmp_path / "data.csv")


def test_a_large_file_is_stored_whole_and_its_progress_is_told(
    client: DynamoDBClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "data.csv"
    rows = "".join(f"{n:09d},10,2.50,1.00,25.00,10.00,15.00\n" for n in range(2600))
    file.write_text(f"{HEADER}\n{rows}")
    load_financial_data(Aws(), TABLE, REGION, file)
    assert capsys.readouterr().out.splitlines() == [
        f"  2500 of 2600 items in {TABLE}",
        f"  2600 of 2600 items in {TABLE}",
    ]
    assert client.scan(TableName=TABLE, Select="COUNT")["Count"] == 2600


def test_rows_are_read_as_they_are_stored_so_that_the_file_is_never_in_memory(
    client: DynamoDBClient,  # noqa: ARG001 - has the table
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = stored = most_waiting = 0

    def read_rows(path: Path) -> Iterator[FinancialRow]:
        nonlocal read, most_waiting
        for row in financial_file.read_rows(path):
            read += 1
            most_waiting = max(most_waiting, read - stored)
            yield row

    def store(_client: object, _table: str, batch: list[Any]) -> int:
        nonlocal stored
        stored += len(batch)
        return len(batch)

    monkeypatch.setattr(financial_data, "WORKERS", 1)
    monkeypatch.setattr(financial_data, "read_rows", read_rows)
    monkeypatch.setattr(financial_data, "write_batch", store)
    file = tmp_path / "data.csv"
    rows = "".join(f"{n:09d},10,2.50,1.00,25.00,10.00,15.00\n" for n in range(1000))
    file.write_text(f"{HEADER}\n{rows}")
    load_financial_data(Aws(), TABLE, REGION, file)
    assert (read, stored) == (1000, 1000)
    assert most_waiting <= 100


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
