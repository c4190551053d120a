"""Puts the financial data of a CSV file into its table, once: the table has a tag that tells which.

Safe to run again. What was changed in the table since then stays, until the file changes.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import WriteRequestUnionTypeDef

BATCH = 25  # what BatchWriteItem takes at most
WORKERS = 4
LOADED = "FinancialDataSha256"  # the tag, set when all is stored
PATIENCE = 60.0  # seconds in which one batch has to be taken, however busy the table is


class TableBusy(Exception):
    """The table took a part of a batch, time and again."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    client = boto3.client(
        "dynamodb",
        region_name=options.region,
        config=Config(retries={"mode": "adaptive", "total_max_attempts": 8}),
    )
    arn = client.describe_table(TableName=options.table)["Table"]["TableArn"]
    digest = hashlib.sha256(options.file.read_bytes()).hexdigest()
    if digest == _loaded(client, arn):
        print(f"  {options.table} has the data of {options.file.name}: no changes", flush=True)
        return 0
    _store(client, options.table, list(_batches(options.file)))
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": LOADED, "Value": digest}])
    return 0


def _loaded(client: DynamoDBClient, arn: str) -> str | None:
    """Digest of the file that is in the table."""
    pages = client.get_paginator("list_tags_of_resource").paginate(ResourceArn=arn)
    tags = {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}
    return tags.get(LOADED)


def _store(
    client: DynamoDBClient, table: str, batches: list[list[WriteRequestUnionTypeDef]]
) -> None:
    total, done = sum(map(len, batches)), 0
    with ThreadPoolExecutor(WORKERS) as pool:
        for count in pool.map(lambda batch: put(client, table, batch), batches):
            done += count
            if done % 2500 < count or done == total:
                print(f"  {done} of {total} items in {table}", flush=True)


def put(client: DynamoDBClient, table: str, batch: list[WriteRequestUnionTypeDef]) -> int:
    """Number of items, when all are stored. DynamoDB may hand some back to be sent again."""
    rest, wait, deadline = list(batch), 0.1, time.monotonic() + PATIENCE
    while rest:
        answer = client.batch_write_item(RequestItems={table: rest})
        rest = list(answer.get("UnprocessedItems", {}).get(table, []))
        if rest and time.monotonic() > deadline:
            raise TableBusy(f"{table} left {len(rest)} items unprocessed for {PATIENCE:.0f} s")
        if rest:
            time.sleep(wait)
            wait = min(wait * 2, 5.0)
    return len(batch)


def _batches(path: Path) -> Iterator[list[WriteRequestUnionTypeDef]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        while batch := [_request(row) for row in islice(rows, BATCH)]:
            yield batch


def _request(row: dict[str, str]) -> WriteRequestUnionTypeDef:
    """Columns are attributes: `uuid` is a string, all others are numbers."""
    item = {name: {"S" if name == "uuid" else "N": value} for name, value in row.items()}
    return {"PutRequest": {"Item": item}}


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="CSV with a header: uuid and the six figures")
    parser.add_argument("--table", required=True)
    parser.add_argument("--region", required=True)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
