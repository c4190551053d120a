"""Loads a CSV file of financial data into the table, whose tag names the file that it has.

Loading again is safe. Changes to the table stay until another file is loaded.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from common.input_refused import InputRefused

from . import console
from .aws import ADAPTIVE, Aws
from .errors import DeployError
from .financial_file import FinancialRow, check_file, read_rows

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import WriteRequestUnionTypeDef

    Batch = list[WriteRequestUnionTypeDef]

BATCH_SIZE = 25  # the most that BatchWriteItem takes
WORKERS = 4
TAG = "FinancialDataSha256"  # set when all items are stored
PATIENCE_SECONDS = 60.0  # for one batch, however busy the table is
_ITEMS_BETWEEN_REPORTS = 2500


def load_financial_data(aws: Aws, table: str, region: str, file: Path) -> None:
    """Store every row of the file, unless the table has this file already.

    Nothing is stored of a file that has a problem.
    """
    client: DynamoDBClient = aws.client("dynamodb", region, ADAPTIVE)
    try:
        digest = _digest(file)
        arn = client.describe_table(TableName=table)["Table"]["TableArn"]
        if digest == _loaded_digest(client, arn):
            console.info(f"{table} has the data of {file.name}: no changes")
            return
        _store(client, table, file, _checked_rows(file))
        client.tag_resource(ResourceArn=arn, Tags=[{"Key": TAG, "Value": digest}])
    except (BotoCoreError, ClientError, OSError, InputRefused) as error:
        raise DeployError(
            f"FAILED: the data of {file} were not stored in {table} in {region}: {error} "
            "Correct this and run the same command again."
        ) from error


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _checked_rows(file: Path) -> int:
    """Return the number of rows. Raises DeployError if anything is wrong with the file."""
    report = check_file(file)
    if report.problems:
        count = len(report.problems) + report.unlisted
        noun = "problem" if count == 1 else "problems, which make check lists"
        raise DeployError(
            f"FAILED: nothing of {file} was stored, since it has {count} {noun}: "
            f"{report.problems[0].rstrip('.')}. Correct this and run the same command again."
        )
    return report.rows


def _loaded_digest(client: DynamoDBClient, arn: str) -> str | None:
    """Return the digest of the file that the table has."""
    pages = client.get_paginator("list_tags_of_resource").paginate(ResourceArn=arn)
    tags = {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}
    return tags.get(TAG)


def _store(client: DynamoDBClient, table: str, file: Path, total: int) -> None:
    stored, batches = 0, _batches(file)
    with ThreadPoolExecutor(WORKERS) as pool:
        # A few at a time: `map` takes all that it gets into memory.
        while group := list(islice(batches, 4 * WORKERS)):
            for count in pool.map(lambda batch: write_batch(client, table, batch), group):
                stored += count
                if stored % _ITEMS_BETWEEN_REPORTS < count or stored == total:
                    console.info(f"{stored} of {total} items in {table}")


def write_batch(client: DynamoDBClient, table: str, batch: Batch) -> int:
    """Store all items, also those that DynamoDB hands back at first; return how many they are."""
    remaining, pause, deadline = list(batch), 0.1, time.monotonic() + PATIENCE_SECONDS
    while remaining:
        response = client.batch_write_item(RequestItems={table: remaining})
        remaining = list(response.get("UnprocessedItems", {}).get(table, []))
        if remaining and time.monotonic() > deadline:
            raise DeployError(
                f"FAILED: {table} is too busy: it left {len(remaining)} items of the financial "
                f"data unprocessed for {PATIENCE_SECONDS:.0f} s. Run the same command again."
            )
        if remaining:
            time.sleep(pause)
            pause = min(pause * 2, 5.0)
    return len(batch)


def _batches(file: Path) -> Iterator[Batch]:
    items = map(_request, read_rows(file))
    while batch := list(islice(items, BATCH_SIZE)):
        yield batch


def _request(row: FinancialRow) -> WriteRequestUnionTypeDef:
    """Columns become attributes: `uuid` is a string, all others are numbers."""
    item = {
        column: {"S": text} if column == "uuid" else {"N": format(Decimal(text), "f")}
        for column, text in row.cells.items()
    }
    return {"PutRequest": {"Item": item}}
