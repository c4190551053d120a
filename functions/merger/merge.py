"""Streams enriched chunks and rejected rows into two objects, which appear only if counts agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from common import keys
from common.csv_text import count_rows, format_row
from common.enriched_chunk import split_chunk
from common.parallel import map_in_order
from common.records import OUTPUT_COLUMNS
from common.stored_object import StoredObject
from common.upload import Upload
from merger.manifest import chunk_indexes
from merger.rejected_rows import HEADER, RejectedRows, format_reject

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client


class RowsDoNotAddUp(Exception):
    """rows in ≠ rows out + rows rejected. Permanent: nothing is published."""


class MergeResult(TypedDict):
    """The two objects; key and version of the rejects are None if no row was rejected."""

    output_key: str
    output_version_id: str
    bytes_out: int
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
        holds the chunks that are read ahead, one page of rejects and one part of each upload.
        Raises RowsDoNotAddUp.
        """
        output_key, rejects_key = keys.output(attempt_id, key), keys.rejects(attempt_id, key)
        with (
            Upload(self.s3, self.bucket, output_key) as output,
            Upload(self.s3, self.bucket, rejects_key) as rejects,
        ):
            rows_out, rows_rejected = self._write(attempt_id, manifest_key, output, rejects)
            if rows_in != rows_out + rows_rejected:
                raise RowsDoNotAddUp(
                    f"{rows_in} rows in, but {rows_out} rows out and {rows_rejected} rejected"
                )
            return {
                "rejects_key": rejects_key if rows_rejected else None,
                "rejects_version_id": rejects.finish() if rows_rejected else None,
                "output_key": output_key,
                "output_version_id": output.finish(),
                "bytes_out": output.size,
                "rows_out": rows_out,
                "rows_rejected": rows_rejected,
            }

    def _write(
        self, attempt_id: str, manifest_key: str, output: Upload, rejects: Upload
    ) -> tuple[int, int]:
        """Write headers, chunks, and the rejects of the rows that the chunks leave out.

        Return how many rows the bytes of the chunks contain, and how many rejects there are.
        """
        output.write(format_row(OUTPUT_COLUMNS).encode())
        rejects.write(format_row(HEADER).encode())
        rows_out = rows_rejected = 0
        items = RejectedRows(self.dynamodb, self.errors_table, attempt_id)
        manifest = chunk_indexes(StoredObject(self.s3, self.bucket, manifest_key))
        enriched = (keys.enriched(attempt_id, index) for index in manifest)
        for rejected, rows in map_in_order(self._chunk, enriched):
            rows_out += count_rows(rows)
            output.write(rows)
            for item in items.of_rows(rejected):
                rejects.write(format_reject(item).encode())
                rows_rejected += 1
        return rows_out, rows_rejected

    def _chunk(self, key: str) -> tuple[list[int], bytes]:
        return split_chunk(StoredObject(self.s3, self.bucket, key).read_all())
