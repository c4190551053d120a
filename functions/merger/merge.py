"""Streams enriched chunks and rejected rows into two objects, which appear only if counts agree."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from common import keys
from common.csv_text import count_rows, format_row
from common.records import OUTPUT_COLUMNS, Chunk
from common.upload import Upload
from merger.rejected_rows import HEADER, format_reject, rejected_rows

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client


class RowsDoNotAddUp(Exception):
    """rows in ≠ rows out + rows rejected. Permanent: nothing is published."""


class MergeResult(TypedDict):
    """The two objects; key and version of the rejects are None if no row was rejected."""

    output_key: str
    output_version_id: str
    rows_out: int
    rows_rejected: int
    rejects_key: str | None
    rejects_version_id: str | None


@dataclass(frozen=True)
class Merger:
    """Merges the chunks of a bucket and the rejected rows of a table."""

    s3: S3Client
    dynamodb: DynamoDBClient
    bucket: str
    errors_table: str

    def merge(self, attempt_id: str, key: str, manifest_key: str, rows_in: int) -> MergeResult:
        """Join the chunks that the manifest names, in its order.

        The bucket is never listed, so neither pages nor objects of an earlier try matter. Memory
        holds one chunk, one page of rejects and one part of each upload. Raises RowsDoNotAddUp.
        """
        output_key, rejects_key = keys.output(attempt_id, key), keys.rejects(attempt_id, key)
        with (
            Upload(self.s3, self.bucket, output_key) as output,
            Upload(self.s3, self.bucket, rejects_key) as rejects,
        ):
            rows_out = self._write_output(attempt_id, manifest_key, output)
            rows_rejected = self._write_rejects(attempt_id, rejects)
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

    def _write_output(self, attempt_id: str, manifest_key: str, output: Upload) -> int:
        """Write header and chunks; return the number of rows that the bytes contain."""
        output.write(format_row(OUTPUT_COLUMNS).encode())
        rows = 0
        for chunk in self._manifest(manifest_key):
            key = keys.enriched(attempt_id, chunk["index"])
            body = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
            rows += count_rows(body)
            output.write(body)
        return rows

    def _manifest(self, key: str) -> Iterator[Chunk]:
        for line in self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].iter_lines():
            yield json.loads(line)

    def _write_rejects(self, attempt_id: str, rejects: Upload) -> int:
        """Write header and rejected rows; return their number."""
        rejects.write(format_row(HEADER).encode())
        rows = 0
        for item in rejected_rows(self.dynamodb, self.errors_table, attempt_id):
            rejects.write(format_reject(item).encode())
            rows += 1
        return rows
