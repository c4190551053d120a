"""Loads a CSV file of financial data into the table, whose tag names the file that it has.

Loading again is safe. Changes to the table stay until another file is loaded.
"""

from __future__ import annotations

import csv
import hashlib
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from . import console
from .aws import ADAPTIVE, Aws
from .errors import DeployError

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
    """Store every row of the file, unless the table has this file already."""
    client: DynamoDBClient = aws.client("dynamodb", region, ADAPTIVE)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    try:
        arn = client.describe_table(TableName=table)["Table"]["TableArn"]
        if digest == _loaded_digest(client, arn):
            console.info(f"{table} has the data of {file.name}: no changes")
            return
        _store(client, table, list(_batches(file)))
        client.tag_resource(ResourceArn=arn, Tags=[{"Key": TAG, "Value": digest}])
    except ClientError as error:
        raise DeployError(
            f"FAILED: the data of {file} were not stored in {table} in {region}: {error} "
            "Correct this and run the same command again."
        ) from error


def _loaded_digest(client: DynamoDBClient, arn: str) -> str | None:
    """Return the digest of the file that the table has."""
    pages = client.get_paginator("list_tags_of_resource").paginate(ResourceArn=arn)
    tags = {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}
    return tags.get(TAG)


def _store(client: DynamoDBClient, table: str, batches: list[Batch]) -> None:
    total, stored = sum(map(len, batches)), 0
    with ThreadPoolExecutor(WORKERS) as pool:
        for count in pool.map(lambda batch: write_batch(client, table, batch), batches):
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


def _batches(path: Path) -> Iterator[Batch]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        while batch := [_request(row) for row in islice(rows, BATCH_SIZE)]:
            yield batch


def _request(row: dict[str, str]) -> WriteRequestUnionTypeDef:
    """Columns become attributes: `uuid` is a string, all others are numbers."""
    item = {name: {"S" if name == "uuid" else "N": value} for name, value in row.items()}
    return {"PutRequest": {"Item": item}}
