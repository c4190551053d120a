"""Streams enriched chunks and rejects into two objects that appear only if the counts are right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol, TypedDict

from common import keys
from common.csv_text import count_rows, line
from common.records import OUTPUT_COLUMNS, Chunk
from common.upload import Upload
from merger.rejected_rows import HEADER, rejected_rows, to_line

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client


class RowsDoNotAddUp(Exception):
    """rows in ≠ rows out + rows rejected. Permanent: nothing is published."""


class Places(Protocol):
    """The settings that merging needs."""

    @property
    def bucket(self) -> str: ...
    @property
    def errors_table(self) -> str: ...


class Merged(TypedDict):
    """What the merger made; the rejects' key and version are None if there are no rejects."""

    output_key: str
    output_version_id: str
    rows_out: int
    rows_rejected: int
    rejects_key: str | None
    rejects_version_id: str | None


def merge(
    s3: S3Client,
    dynamodb: DynamoDBClient,
    places: Places,
    run_id: str,
    key: str,
    manifest_key: str,
    rows_in: int,
) -> Merged:
    """Join the chunks that the manifest names, in its order.

    The bucket is never listed, so neither pages nor leftovers of an earlier try can matter. Memory
    holds one chunk, one page of rejects and one part of each upload. Raises RowsDoNotAddUp.
    """
    output_key, rejects_key = keys.output(run_id, key), keys.rejects(run_id, key)
    with (
        Upload(s3, places.bucket, output_key) as output,
        Upload(s3, places.bucket, rejects_key) as rejects,
    ):
        rows_out = _write_output(s3, places.bucket, run_id, manifest_key, output)
        rows_rejected = _write_rejects(dynamodb, places.errors_table, run_id, rejects)
        if rows_in != rows_out + rows_rejected:
            raise RowsDoNotAddUp(
                f"{rows_in} rows in, but {rows_out} rows out and {rows_rejected} rejected"
            )
        return {
            "rejects_key": rejects_key if rows_rejected else None,
            "rejects_version_id": rejects.finish() if rows_rejected else None,
            "output_key": output_key,
            "output_version_id": output.finish(),
            "rows_out": rows_out,
            "rows_rejected": rows_rejected,
        }


def _write_output(s3: S3Client, bucket: str, run_id: str, manifest_key: str, output: Upload) -> int:
    """Header and chunks; returns the rows that were really in the bytes."""
    output.write(line(OUTPUT_COLUMNS).encode())
    rows = 0
    for chunk in _manifest(s3, bucket, manifest_key):
        key = keys.enriched(run_id, chunk["index"])
        data = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        rows += count_rows(data)
        output.write(data)
    return rows


def _manifest(s3: S3Client, bucket: str, key: str) -> Iterator[Chunk]:
    for entry in s3.get_object(Bucket=bucket, Key=key)["Body"].iter_lines():
        yield json.loads(entry)


def _write_rejects(dynamodb: DynamoDBClient, table: str, run_id: str, rejects: Upload) -> int:
    rejects.write(line(HEADER).encode())
    rows = 0
    for item in rejected_rows(dynamodb, table, run_id):
        rejects.write(to_line(item).encode())
        rows += 1
    return rows
