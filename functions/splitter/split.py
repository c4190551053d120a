"""Streams an input version from S3 into chunk objects and a manifest, in bounded memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypedDict

from common import keys
from common.csv_header import find_header
from common.csv_lines import lines
from common.csv_rows import rows
from common.file_type import check_file_type
from common.input_refused import InputRefused
from common.parallel import map_in_order
from common.records import INPUT_COLUMNS, Chunk
from common.upload import Upload
from splitter.chunking import ChunkBuilder, chunks

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BLOCK_BYTES = 64 * 1024


class SplitResult(TypedDict):
    """The manifest, which names `chunks` objects that have `rows_in` rows in all.

    `bytes_in` is the size of the input; `notes` are sentences for the user about how it was read.
    """

    manifest_key: str
    chunks: int
    rows_in: int
    bytes_in: int
    notes: list[str]


@dataclass(frozen=True)
class Splitter:
    """Cuts input versions of a bucket into chunks of limited size."""

    s3: S3Client
    bucket: str
    chunk_records: int
    chunk_bytes: int

    def split(self, attempt_id: str, key: str, version_id: str) -> SplitResult:
        """Write the chunks and the manifest. A repetition overwrites them with the same bytes.

        The manifest appears last, so it never names a chunk that is missing. Raises InputRefused.
        """
        response = self.s3.get_object(Bucket=self.bucket, Key=key, VersionId=version_id)
        input_lines = lines(_checked(response["Body"].iter_chunks(BLOCK_BYTES)))
        header = find_header(input_lines, INPUT_COLUMNS)
        input_rows = rows(input_lines, header.delimiter, header.line + 1)
        manifest_key = keys.manifest(attempt_id)
        count = rows_in = 0
        with Upload(self.s3, self.bucket, manifest_key, "application/jsonl") as manifest:
            pieces = chunks(input_rows, header.delimiter, self.chunk_records, self.chunk_bytes)
            for entry in map_in_order(partial(self._store, attempt_id, header.raw), pieces):
                manifest.write(json.dumps(entry).encode() + b"\n")
                count += 1
                rows_in += entry["rows"]
            if not rows_in:
                raise InputRefused(
                    "The file has a header and no rows.", "Upload a file with at least one row."
                )
            manifest.finish()
        return {
            "manifest_key": manifest_key,
            "chunks": count,
            "rows_in": rows_in,
            "bytes_in": response["ContentLength"],
            "notes": list(header.notes),
        }

    def _store(self, attempt_id: str, header: bytes, chunk: ChunkBuilder) -> Chunk:
        """Write the chunk, which begins with the header; return its entry of the manifest."""
        key = keys.chunk(attempt_id, chunk.index)
        body = b"".join([header, *chunk.lines])
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)
        return {
            "index": chunk.index,
            "key": key,
            "first_row": chunk.first_row,
            "first_line": chunk.first_line,
            "rows": chunk.rows,
        }


def _checked(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the blocks. Raises InputRefused if the first one is not that of a CSV file."""
    beginning = next(blocks, b"")
    check_file_type(beginning)
    yield beginning
    yield from blocks
